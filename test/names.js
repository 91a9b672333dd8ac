// Names that belong to a system, as the descriptions have them, and whether a source has one of them: what is written by hand
// outside of core, the sandbox, the tests and the documents serves whatever is described.
import { systems } from "../js/generated/systems.js";
import { dependencies, tokens } from "../js/generated/tokens.js";

/** Names that all have, and so are nobody's own. */
export const common = systems[0].fields
	.map(({ name }) => name)
	.filter((name) => systems.every(({ fields }) => fields.some((field) => field.name === name)));

const fields = [...new Set(systems.flatMap((system) => system.fields.map(({ name }) => name)))].filter((name) => !common.includes(name));

/** Of several words, in whatever way they are put together: nobody writes such a name by accident. */
export const isParticular = (/** @type {string} */ name) => /[a-z][A-Z]|[-_]/.test(name);

/** Fields of one word that nobody needs for anything else. */
export const rare = ["locale", "passwd", "params"];

/** The others of one word, which HTTP or this project may have too: each is one's own only where an identity is asked for it. */
export const words = fields.filter((name) => !isParticular(name) && !rare.includes(name));

const facts = Object.values(tokens).flatMap(({ paths, interfaces, carriers, beside, guarded, answers, codes, explains }) => [
	...paths.flatMap((path) => path.split("/")),
	...interfaces,
	...carriers,
	...beside,
	...guarded,
	...answers,
	...codes,
	...explains,
]);

const escaped = (/** @type {string} */ name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/**
 * @param {string[]} list
 * @param {(name: string) => RegExp} expression
 * @returns {[string, RegExp][]}
 */
const each = (list, expression) => [...new Set(list)].map((name) => [name, expression(name)]);

/** What is a system's own, each with an expression that finds it: headers are written in any case. */
export const particular = [
	...each(
		[...systems.map(({ name }) => name), ...Object.values(dependencies).map(({ system }) => system)],
		(name) => new RegExp(escaped(name), "i"),
	),
	...each(
		fields.filter((name) => !words.includes(name)),
		(name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`),
	),
	...each(
		facts.filter((name) => isParticular(name) && !common.includes(name)),
		(name) => new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, "i"),
	),
	...each(
		words,
		(name) => new RegExp(`\\b(identity|members|values|fields)\\b(\\.|\\?\\.|\\[")${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = identity\\b`),
	),
];

/** What of the systems' own a source names, but for its examples: those are documents. @param {string} source */
export const namesIn = (source) => {
	const code = source.replaceAll(/^\s*\* @example\n(?:\s*\*(?!\/)(?! @).*\n)+/gm, "");
	return [...new Set(particular.filter(([, expression]) => expression.test(code)).map(([name]) => name))];
};

/** All names that are looked for. */
export const names = particular.map(([name]) => name);
