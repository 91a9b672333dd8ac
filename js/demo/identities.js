import { businessCalls, identitiesAt } from "../sandbox/identities.js";

/**
 * One identity of each system that a new sandbox accepts, and a business call of that system.
 * @param {string} url the sandbox's address
 */
export function sandboxIdentities(url) {
	const identities = identitiesAt(url);
	return /** @type {const} */ (["appcube", "ccmessaging", "isales", "cubedrive"]).map((system) => ({ identity: identities[system], ...businessCalls[system] }));
}
