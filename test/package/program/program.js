// One small program that every runtime runs: a token of each system, kept, verified, revoked and renewed. It knows
// nothing of the runtime, and answers with what it saw, as plain data.
import { sandboxIdentities } from "./tools/demo/identities.js";

/**
 * @param {typeof import("cctoken")} cctoken
 * @param {string} url the sandbox's address
 */
export async function run({ createClient, getToken, verifyToken, systems: described, TokenError, Token, Client, Session }, url) {
	const control = async (/** @type {string} */ name, /** @type {object} */ body) => {
		const headers = { "content-type": "application/json" };
		const response = await fetch(`${url}/_sandbox/${name}`, body && { method: "POST", headers, body: JSON.stringify(body) });
		return response.json();
	};
	await control("reset", {});
	await new Promise((resolve) => setTimeout(resolve, 5)); // Node's first fetch adds globals of its own
	const before = new Set(Reflect.ownKeys(globalThis));
	/** @type {Record<string, object>} */
	const systems = {};
	for (const { identity, path, init } of await sandboxIdentities(url)) {
		const { system } = identity;
		if (described.find(({ name }) => name === system)?.signsIn) {
			systems[system] = await signedIn(createClient, identity, path, init);
			continue;
		}
		const tokens = await Promise.all(Array.from({ length: 20 }, () => getToken({ ...identity })));
		const { valid, source } = await verifyToken(tokens[0]);
		/** @type {string[]} */
		const events = [];
		const client = createClient({ onEvent: ({ type }) => events.push(type) });
		const session = client.session(identity);
		const first = await session.getToken();
		await control("revoke", { system, all: true });
		const response = await session.fetch(path, init);
		await response.text();
		const renewed = await session.getToken();
		systems[system] = {
			same: tokens.every((token) => token === tokens[0] && token instanceof Token) && tokens[0].value !== "",
			verified: `${valid} by the ${source}`,
			status: response.status,
			renewed: renewed.value !== first.value,
			events: events.join(),
			classes: client instanceof Client && session instanceof Session,
			logins: (await control("state", undefined)).counts[system].logins,
		};
		client.close();
	}
	const isales = (await sandboxIdentities(url)).find(({ identity }) => identity.system === "isales");
	const refused = await getToken({ ...isales.identity, passwd: "wrong" }).catch((error) => error);
	return {
		systems,
		refused: refused instanceof TokenError ? refused.code : String(refused),
		globals: Reflect.ownKeys(globalThis)
			.filter((name) => !before.has(name))
			.map(String),
	};
}

/**
 * A session in which nobody is but by a sign-in.
 * @param {typeof import("cctoken").createClient} createClient
 * @param {any} identity
 * @param {string} path
 * @param {RequestInit} init
 */
async function signedIn(createClient, identity, path, init) {
	/** @type {string[]} */
	const events = [];
	const client = createClient({ onEvent: ({ type }) => events.push(type) });
	const session = client.session(identity);
	const codeOf = () =>
		session.getToken().then(
			({ value }) => (value === "" ? "empty" : "a token"),
			(error) => error.code,
		);
	const before = await codeOf();
	await session.signIn();
	const signed = await codeOf();
	const response = await session.fetch(path, init);
	await response.text();
	await session.signOut();
	const after = await codeOf();
	client.close();
	return { before, signed, status: response.status, after, events: events.join() };
}
