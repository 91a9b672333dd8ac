// What a text can become on its way: servers decode, normalize, fold, map to a code page's nearest letter, and drop what
// they do not know. Texts that any of this can make equal are folded to the same one here.

/**
 * Letters without a decomposition of which servers make Latin ones: by Windows' best-fit tables, by toUpperCase, or as they
 * look alike.
 */
const latin = new Map(
	Object.entries({
		a: "αɑа",
		b: "ƀвь",
		c: "ϲс",
		d: "đδðԁ",
		e: "ε℮еɛ",
		f: "ƒφ",
		g: "ɡǥ",
		h: "ħһн",
		i: "ıιіɩ",
		j: "ϳј",
		k: "κк",
		l: "łӏɫ",
		m: "м",
		n: "ηпŋ",
		o: "οоøωօ",
		p: "πρр",
		q: "ԛ",
		r: "гɾ",
		s: "σςѕ",
		ss: "ß",
		t: "τтŧθ",
		u: "υսц",
		v: "νѵ",
		w: "ԝ",
		x: "χх",
		y: "уүγ",
		z: "ƶ",
	}).flatMap(([ascii, letters]) => [...letters].map((letter) => /** @type {const} */ ([letter, ascii]))),
);

/**
 * What can be made of a text: letters and digits of the Latin alphabet, and slashes, in lower case. Nothing else is told apart.
 * @typedef {object} Folded
 * @property {string} letters
 * @property {Set<number>} unsure those by their place that were beyond ASCII, and may be dropped as well
 */

/**
 * @param {string} text decoded
 * @returns {Folded}
 */
export function folded(text) {
	let letters = "";
	/** @type {Set<number>} */
	const unsure = new Set();
	for (const one of /[^\0-\x7f]/.test(text) ? (text.match(/\P{M}\p{M}*|\p{M}/gu) ?? []) : [text]) {
		const made = one
			.normalize("NFKD")
			.toLowerCase()
			.replace(/[^\0-\x7f]/gu, (letter) => latin.get(letter) ?? "")
			.replace(/[^a-z0-9/]/g, "");
		if (/[^\0-\x7f]/.test(one)) {
			[...made].forEach((_, i) => unsure.add(letters.length + i));
		}
		letters += made;
	}
	return { letters, unsure };
}

/**
 * Whether a text can become one in which another stands, or, as a whole, that other one: each letter beyond ASCII was made a Latin
 * one, or dropped, and slashes with nothing between them were joined.
 * @param {Folded} text
 * @param {string} wanted the letters of the other
 * @param {boolean} [whole]
 */
export function canBecome({ letters, unsure }, wanted, whole = false) {
	if (unsure.size === 0) {
		const joined = letters.replace(/\/{2,}/g, "/");
		return whole ? joined === wanted : joined.includes(wanted);
	}
	// How many of the wanted letters can have been found by now: all the numbers that are possible.
	let found = [true];
	for (let at = 0; at < letters.length; at++) {
		const next = unsure.has(at) ? [...found] : [];
		for (let i = 0; i < found.length; i++) {
			if (found[i] && wanted[i] === letters[at]) {
				next[i + 1] = true;
			}
			if (found[i] && letters[at] === "/" && wanted[i - 1] === "/") {
				next[i] = true; // what stood between the two slashes was dropped
			}
		}
		if (!whole) {
			next[0] = true;
			if (next[wanted.length]) {
				return true;
			}
		}
		found = next;
	}
	return found[wanted.length] === true;
}

/**
 * A text with its escapes decoded once, as the most generous of servers do it.
 * @param {string} text
 */
export function decodedOnce(text) {
	return text
		.replace(/%u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
		.replace(/(?:%[0-9a-f]{2})+/gi, (run) => utf8.decode(Uint8Array.from(run.slice(1).split("%"), (hex) => parseInt(hex, 16))));
}

const utf8 = new TextDecoder();
