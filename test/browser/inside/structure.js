// How the page is built, for a comparison that does not look at pixels: what there is, as what, by which name, and where.
// An ES module that runs in the page.
import { nameOf, perceivable, roleOf } from "/-test/outline.js";

/** Roles that say nothing by themselves, and those whose content depends on the moment. */
const left = new Set(["generic", "presentation", "none", "paragraph", "strong", "code", "term", "definition", "option", "listitem", "img"]);

/**
 * @typedef {object} Part
 * @property {string} role
 * @property {string} name without what differs from one run to the next: times and tokens
 * @property {number} depth how many parts it is in
 * @property {[x: number, y: number, width: number, height: number]} box in CSS pixels, x and y from the part that it is in
 */

/** @returns {Part[]} in the document's order */
export function structure() {
	/** @type {Part[]} */
	const parts = [];
	/** @param {Element} element @param {number} depth @param {DOMRect} outer */
	const walk = (element, depth, outer) => {
		let [inside, place] = [depth, outer];
		const role = roleOf(element);
		if (role && !left.has(role) && perceivable(element)) {
			const box = element.getBoundingClientRect();
			parts.push({
				role,
				name: steady(nameOf(element)),
				depth,
				box: [box.x - outer.x, box.y - outer.y, box.width, box.height].map(Math.round),
			});
			[inside, place] = [depth + 1, box];
		}
		if (element.localName !== "svg") {
			for (const child of element.children) {
				walk(child, inside, place);
			}
		}
	};
	walk(document.body, 0, document.body.getBoundingClientRect());
	return parts;
}

/** @param {string} text */
function steady(text) {
	return text
		.replace(/\d+(:\d\d)+/g, "0:00")
		.replace(/\b\d+ (ms|毫秒|%)/g, "0 $1")
		.replace(/\S{1,4}…\S{1,4}/g, "…");
}
