/**
 * Whether an object says something under a name: itself, or by what it inherits, as an instance of a class does whose getters are
 * its class's. What somebody has put on Object.prototype, by mistake or on purpose, is nothing that the object says.
 * @param {object} object
 * @param {string} name
 */
export const says = (object, name) => Object.hasOwn(object, name) || (name in object && !(name in Object.prototype));
