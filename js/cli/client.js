import { createClient } from "../node.js";
import { configure } from "./configuration.js";
import { storeIn } from "./store.js";

/** What is told of the store. @type {Partial<Record<import("../client/store.js").StoreEvent["type"], string>>} */
const told = {
	store_lost: "the store cannot be reached, or cannot be written to: this token is not shared with others",
	store_keys_differ: "others use the same store with other keys: nothing is shared with them",
};

/**
 * What get, verify and call begin with: the configuration is read, its warnings are said, and a client is made, over
 * the store where one is named. It must be closed.
 * @param {import("./context.js").Context} context
 * @param {{ withoutSecrets?: boolean }} [how]
 */
export async function prepare(context, { withoutSecrets = false } = {}) {
	const { options, env, cwd } = context;
	const { identity, timeoutMs, store, hidden, warnings } = await configure(options, { ...context, withoutSecrets });
	context.hidden.push(...hidden);
	context.about(identity);
	for (const warning of warnings) {
		context.note(`${context.paintNote("yellow", "warning:")} ${warning}`);
	}
	// Who has not the secrets has not the session that the store keeps.
	const shared = store === undefined || withoutSecrets ? undefined : await storeIn(store, env, cwd);
	/** @type {import("../client/client.js").Client} */
	const client = createClient({
		timeoutMs,
		...(shared && {
			store: shared.store,
			onStore: ({ type }) => {
				const said = told[type];
				said && context.note(`${context.paintNote("yellow", "warning:")} ${said}`);
			},
		}),
	});
	return {
		identity,
		timeoutMs,
		client,
		/** Ends the client, when the store has all that it has to know. */
		async close() {
			await client.close();
			await shared?.leave();
		},
	};
}
