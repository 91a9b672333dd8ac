import { createClient } from "../node.js";
import { configure } from "./configuration.js";

/**
 * What get, verify and call begin with: the configuration is read, its warnings are said, and a client is made. The
 * client must be closed.
 * @param {import("./context.js").Context} context
 * @param {{ withoutSecrets?: boolean }} [how]
 */
export async function prepare(context, { withoutSecrets = false } = {}) {
	const { identity, timeoutMs, hidden, warnings } = await configure(context.options, { ...context, withoutSecrets });
	context.hidden.push(...hidden);
	context.about(identity);
	for (const warning of warnings) {
		context.note(`${context.paintNote("yellow", "warning:")} ${warning}`);
	}
	/** @type {import("../client/client.js").Client} */
	const client = createClient({ timeoutMs });
	return { identity, timeoutMs, client };
}
