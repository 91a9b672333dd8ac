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
 * @param {object} wanted
 * @param {string} wanted.role
 * @param {string} [wanted.name] the whole name, or with `part` a part of it
 * @param {boolean} [wanted.part]
 * @param {Element} [wanted.within]
 * @returns {Element[]}
 */
export function byRole({ role, name, part = false }, within = document.body) {
	return [...within.querySelectorAll("*")].filter((element) => {
		if (getRole(element) !== role || !perceivable(element)) {
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

export { computeAccessibleDescription, getRole };
