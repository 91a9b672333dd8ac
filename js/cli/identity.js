// The identity of a system, put together from the places where its fields may stand.
import { object, text } from "./json.js";
import { looksSecret } from "./settings.js";
import { UsageError } from "./usage.js";

/** @typedef {import("./settings.js").Field} Field */

/**
 * Where settings come from in one place: a file, the environment.
 * @typedef {object} Source
 * @property {string} name for messages
 * @property {Record<string, unknown>} values by field name
 * @property {boolean} [closed] whether parameters count as secret where they come from here, whatever their names
 */

/** Fields that stand in each other's place, mostly one alone. The one that they stand for is the first. @typedef {[Field, ...Field[]]} Group */

/**
 * @param {readonly Field[]} fields
 * @returns {Group[]}
 */
export function groupsOf(fields) {
	return fields
		.filter(({ insteadOf }) => insteadOf === undefined)
		.map((field) => [field, ...fields.filter(({ insteadOf }) => insteadOf === field.name)]);
}

/**
 * An identity that is being put together.
 * @typedef {object} Draft
 * @property {Record<string, any>} identity
 * @property {Record<string, string>} from where each field was found
 * @property {string[]} hidden values that must be kept out of messages
 */

/**
 * Takes one of the fields that stand in each other's place, from the first source that has one.
 * @param {Draft} draft
 * @param {Group} group
 * @param {readonly Source[]} sources
 * @returns {boolean} whether there was one
 */
export function take(draft, group, sources) {
	const { identity, from, hidden } = draft;
	for (const { name: where, values } of sources) {
		const [field, other] = group.filter(({ name }) => values[name] !== undefined);
		if (other) {
			throw new UsageError(`${field?.name} and ${other.name} exclude each other: ${where} has both.`, other.name);
		}
		if (field?.kind === "parameters") {
			return takeParameters(draft, field, sources);
		}
		if (field) {
			identity[field.name] = valueOf(field, values[field.name]);
			from[field.name] = where;
			if (field.secret) {
				hidden.push(String(identity[field.name]));
			}
			return true;
		}
	}
	return false;
}

/**
 * Parameters are put together: each is taken from the first source that has it.
 * @param {Draft} draft
 * @param {Field} field
 * @param {readonly Source[]} sources
 */
function takeParameters({ identity, from, hidden }, { name }, sources) {
	/** @type {Record<string, string>} */
	const parameters = {};
	for (const { name: where, values, closed } of sources) {
		for (const [key, value] of Object.entries(values[name] === undefined ? {} : object(values[name], name))) {
			if (!Object.hasOwn(parameters, key)) {
				parameters[key] = text(value, name);
				from[name] ??= where;
				if (looksSecret(key) || closed) {
					hidden.push(parameters[key]);
				}
			}
		}
	}
	if (Object.keys(parameters).length === 0) {
		return false;
	}
	identity[name] = parameters;
	return true;
}

/**
 * A value as the identity has it. Flags and variables are texts, and files have what JSON has: both are taken.
 * @param {Field} field
 * @param {unknown} given
 */
function valueOf({ name, kind }, given) {
	if (kind === "number") {
		const number = typeof given === "string" && /^-?\d{1,16}$/.test(given) ? Number(given) : given;
		if (!Number.isSafeInteger(number)) {
			throw new UsageError(`${name} must be a whole number.`, name);
		}
		return number;
	}
	if (kind === "flag") {
		const flag = given === "true" ? true : given === "false" ? false : given;
		if (typeof flag !== "boolean") {
			throw new UsageError(`${name} must be true or false.`, name);
		}
		return flag;
	}
	return text(given, name);
}
