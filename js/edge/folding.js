// What a text can become on its way: servers decode, normalize, fold, map to a code page's nearest letter, and drop what
// they do not know. Texts that any of this can make equal are folded to the same one here.

/**
 * Letters without a decomposition of which servers make Latin ones: by Windows' best-fit tables, by toUpperCase, or as they
 * look alike.
 */
const latin = new Map(Object.entries({
	a: "αɑа", b: "ƀвь", c: "ϲс", d: "đδðԁ", e: "ε℮еɛ", f: "ƒφ", g: "ɡǥ", h: "ħһн", i: "ıιіɩ", j: "ϳј", k: "κк", l: "łӏɫ", m: "м", n: "ηпŋ",
	o: "οоøωօ", p: "πρр", q: "ԛ", r: "гɾ", s: "σςѕ", ss: "ß", t: "τтŧθ", u: "υսц", v: "νѵ", w: "ԝ", x: "χх", y: "уүγ", z: "ƶ",
}).flatMap(([ascii, letters]) => [...letters].map((letter) => /** @type {const} */ ([letter, ascii]))));

/**
 * Letters and digits of the Latin alphabet, and slashes, in lower case; nothing else remains.
 * @param {string} text decoded
 */
export function folded(text) {
	return latinOf(text).replace(/[^a-z0-9/]/g, "").replace(/\/{2,}/g, "/");
}

/** @param {string} text */
function latinOf(text) {
	return text.normalize("NFKD").toLowerCase().replace(/[^\0-\x7f]/gu, (letter) => latin.get(letter) ?? "");
}

/**
 * Whether a text can become one in which another stands, or, as a whole, that other one: each letter beyond ASCII is made a Latin
 * one, or dropped.
 * @param {string} text decoded
 * @param {string} wanted folded
 * @param {boolean} [whole]
 */
export function canBecome(text, wanted, whole = false) {
	if (!/[^\0-\x7f]/.test(text)) {
		const sure = folded(text);
		return whole ? sure === wanted : sure.includes(wanted);
	}
	// How many of the wanted letters can have been found by now: all the numbers that are possible.
	let found = [true];
	for (const letter of text.match(/\P{M}\p{M}*|\p{M}/gu) ?? []) {
		const sure = letter.length === 1 && letter <= "\x7f";
		for (const one of latinOf(letter).replace(/[^a-z0-9/]/g, "")) {
			const next = sure ? [] : [...found];
			for (let i = 0; i < found.length; i++) {
				if (found[i] && wanted[i] === one) {
					next[i + 1] = true;
				}
				if (found[i] && one === "/" && wanted[i - 1] === "/") {
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
