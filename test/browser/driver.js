// What every browser of the tests can do, whatever its protocol. All else is built on it once, in person.js.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * How a browser presents itself to a page.
 * @typedef {object} Look
 * @property {string} locale the language that the page is asked for, such as "en-US"
 * @property {"light" | "dark"} colorScheme
 * @property {number} width of the page's area, in CSS pixels
 * @property {number} height likewise
 */

/**
 * A browser that runs. The caller closes it.
 * @typedef {object} Browser
 * @property {string} name
 * @property {string} version what it says of itself
 * @property {(look?: Partial<Look>) => Promise<Tab>} open opens an empty page with cookies and storage of its own
 * @property {() => Promise<void>} close ends it, with all that it started
 */

/**
 * A page in a browser. Positions are CSS pixels from the left and the top of what is seen of the page.
 * @typedef {object} Tab
 * @property {(url: string) => Promise<void>} goto resolves when the page has loaded
 * @property {() => Promise<void>} reload likewise
 * @property {(work: Function, arg?: unknown) => Promise<any>} evaluate calls a function in the page. What it takes and
 *   what it returns, or resolves to, goes by JSON; it sees nothing of where it was written
 * @property {(x: number, y: number) => Promise<void>} click presses the mouse's button there, and lets it go
 * @property {(keys: string) => Promise<void>} press presses a key, such as "Enter" or "Shift+Tab"
 * @property {(text: string) => Promise<void>} type presses the keys of a text, one after the other
 * @property {(width: number, height: number) => Promise<void>} resize
 * @property {() => Promise<Buffer>} screenshot what is seen of the page, as PNG
 * @property {() => Promise<string[]>} complaints what the browser itself has said so far of errors in the page, where its
 *   protocol tells
 * @property {() => Promise<void>} close
 */

/** @type {Look} */
export const usual = { locale: "en-US", colorScheme: "light", width: 1280, height: 800 };

/**
 * The parts of "Control+Shift+a".
 * @param {string} keys
 */
export function chord(keys) {
	const parts = keys.split("+");
	return { modifiers: parts.slice(0, -1), key: /** @type {string} */ (parts.at(-1)) };
}

/**
 * The first file of this name in the folders of PATH.
 * @param {string[]} names
 * @param {string[]} [places] whole paths to look at after them
 * @returns {string | undefined}
 */
export function find(names, places = []) {
	const inPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
	return [...inPath, ...places].find((path) => existsSync(path));
}
