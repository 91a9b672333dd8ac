// A light core, by hand: it imports and exports what one of TinyGo's does, as far as the package looks at that, and can do nothing.
import { section } from "./segments.js";

const name = (/** @type {string} */ text) => [text.length, ...Buffer.from(text)];

/**
 * @param {object} [like]
 * @param {string} [like.entry] under which name its beginning is exported
 * @param {number[]} [like.begin] instructions for that. By default it asks for a random number, which `seen` then tells
 * @param {string[]} [like.imports] functions of "env"
 */
export function handmade({ entry = "_initialize", begin = [0x41, 0, 0x10, 0, 0x36, 2, 0], imports = ["arc4random"] } = {}) {
	const types = { start: 0, number: 1, input: 2 };
	const bodies = [begin, [0x41, 0], [0x41, 0, 0x28, 2, 0]].map((body) => [body.length + 2, 0, ...body, 0x0b]);
	const first = imports.length; // functions that are imported come before its own
	return Buffer.from([
		...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		...section.of(section.type, [3, 0x60, 0, 0, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f]),
		...section.of(section.import, [imports.length, ...imports.flatMap((imported) => [...name("env"), ...name(imported), 0, types.number])]),
		...section.of(section.function, [3, types.start, types.input, types.number]),
		...section.of(section.memory, [1, 0, 1]),
		...section.of(section.export, [
			...[4, ...name("mem"), 2, 0],
			...[...name(entry), 0, first],
			...[...name("input"), 0, first + 1],
			...[...name("seen"), 0, first + 2],
		]),
		...section.of(section.code, [3, ...bodies.flat()]),
	]);
}
