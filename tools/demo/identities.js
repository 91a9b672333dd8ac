import { businessOf, identitiesOf, systemsAt } from "../../js/sandbox/systems.js";

/**
 * One identity of each system that a new sandbox accepts, and a business call of that system, as the sandbox lists them.
 * @param {string} url the sandbox's address
 */
export async function sandboxIdentities(url) {
	const response = await fetch(`${url}/_sandbox/${systemsAt(url)}`);
	if (!response.ok) {
		throw new Error(`The sandbox does not list its systems: ${response.status}`);
	}
	const { systems } = await response.json();
	const business = businessOf(systems);
	return Object.values(identitiesOf(systems)).map((identity) => ({ identity, ...business[identity.system] }));
}
