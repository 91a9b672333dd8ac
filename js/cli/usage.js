/** Something that the user wrote is wrong: an argument, a setting, a file. The message repeats no value. */
export class UsageError extends Error {
	/**
	 * @param {string} message what is wrong, and what to do
	 * @param {string} [field] the setting at fault
	 */
	constructor(message, field) {
		super(message);
		this.name = "UsageError";
		this.field = field;
	}
}

/**
 * A name that the user wrote, as far as it can be shown: what is not plainly a name may be a secret in a wrong place.
 * @param {string} name
 * @param {string} otherwise
 */
export function nameable(name, otherwise) {
	return /^(?:--?)?[A-Za-z][A-Za-z_-]{0,23}$/.test(name) ? name : otherwise;
}
