import { businessOf, identitiesOf } from "../sandbox/systems.js";

/**
 * One identity of each system that a new sandbox accepts, and a business call of that system, as the sandbox lists them.
 * @param {string} url the sandbox's address
 */
export async function sandboxIdentities(url) {
	const { systems } = await (await fetch(`${url}/_sandbox/systems`)).json();
	const business = businessOf(systems);
	return Object.values(identitiesOf(systems)).map((identity) => ({ identity, ...business[identity.system] }));
}
