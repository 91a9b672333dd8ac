// An edge in this process, over a vendor that the test is, whose callers are machines that sign.
import { createEdge } from "../../js/edge/node/index.js";
import { signedFetch } from "../../js/edge/sign.js";
import { connectionsTo, sandboxSecrets } from "../edge/connections.js";
import { secrets } from "../edge/edge.js";

/** @param {string} vendor its address */
export const configTo = (vendor) => ({
	authentication: {
		machines: {
			type: /** @type {const} */ ("signed"),
			keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1", claims: { name: "Robot" } } },
		},
	},
	connections: connectionsTo(vendor, ["machines"]),
});

export const env = { ...sandboxSecrets, NAME_KEY: secrets.NAME_KEY, MACHINE_KEY: secrets.MACHINE_KEY };

/**
 * @param {string} vendor its address
 * @param {import("../../js/edge/node/index.js").EdgeOptions} [options]
 */
export const edgeTo = (vendor, options) => createEdge(/** @type {any} */ (configTo(vendor)), { env, ...options });

/** Signs each request, on a connection of its own. */
export const machine = signedFetch({ keyId: "robot", secret: secrets.MACHINE_KEY }, (url, init = {}) => {
	const headers = new Headers(init.headers);
	headers.set("connection", "close");
	return fetch(url, { ...init, headers });
});

/** @param {string} connection */
export const asks = (connection) => ({
	method: "POST",
	headers: { "content-type": "application/json" },
	body: JSON.stringify({ connection }),
});
