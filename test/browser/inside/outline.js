// What a person, or a screen reader for them, finds in the page: roles and names. An ES module that runs in the page.
import { computeAccessibleDescription, computeAccessibleName, getRole, isInaccessible } from "/-test/dom-accessibility-api/index.mjs";

/**
 * @param {Element} element
 * @returns {boolean} whether it is there for a person: shown, and not hidden from assistive technology
 */
export function perceivable(element) {
	return element.getClientRects().length > 0 && !isInaccessible(element);
}

/**
 * The elements of a role and a name, in the document's order.
 * @param {import("../person.js").Thing} thing
 * @returns {Element[]}
 */
export function find({ role, name, part = false, within }) {
	const places = within ? find(within) : [document.body];
	return places
		.flatMap((place) => [...place.querySelectorAll("*")])
		.filter((element) => {
			if (roleOf(element) !== role || !perceivable(element)) {
				return false;
			}
			if (name === undefined) {
				return true;
			}
			const its = nameOf(element);
			return part ? its.includes(name) : its === name;
		});
}

/** @param {Element} element */
export function nameOf(element) {
	return computeAccessibleName(element).replace(/\s+/g, " ").trim();
}

/**
 * A password field has no role in the standard, and is a text box to whoever types into it.
 * @param {Element} element
 */
export function roleOf(element) {
	return element.matches("input[type=password]") ? "textbox" : getRole(element);
}

export { computeAccessibleDescription };
