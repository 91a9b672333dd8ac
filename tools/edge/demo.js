// A configuration of the edge over the sandbox: what `make edge-dev` and `make edge-self-host` run. It has what the sandbox
// lists, whatever systems those are.
import { sandboxIdentities } from "../demo/identities.js";
import { tokens } from "../../js/generated/tokens.js";
import { fieldsOf } from "../../js/edge/config/identity-fields.js";

/** Whom the issuer's tokens are for. */
export const audience = "cctoken-edge";

/**
 * Connections to each of the sandbox's systems, for whoever signs in as staff: one that is sealed, called as the system is; one
 * with "open" in its name, which hands out tokens, where nobody signs in; and, where there is a token of the app's own, one with "shared" in it, which
 * hands out that too.
 * @param {string} sandbox its address
 */
export async function sandboxConnections(sandbox) {
	/** @type {Record<string, string>} */
	const secrets = {};
	/** @type {Record<string, any>} */
	const connections = {};
	/** A call for each that is sealed, by its name. @type {Record<string, { method: string, path: string, body?: string }>} */
	const calls = {};
	for (const {
		identity: { system, baseUrl, ...values },
		path,
		init,
	} of await sandboxIdentities(sandbox)) {
		const bound = (/** @type {string} */ name, /** @type {string} */ value) => {
			const secret = `${system}_${name}`.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
			secrets[secret] = value;
			return { secret };
		};
		/** @type {Record<string, any>} */
		const identity = {};
		for (const { name, kind, secret } of fieldsOf(system)) {
			const value = /** @type {Record<string, any>} */ (values)[name];
			if (value !== undefined) {
				identity[name] = !secret
					? value
					: kind === "parameters"
						? Object.fromEntries(Object.entries(value).map(([one, text]) => [one, bound(`${name}_${one}`, text)]))
						: bound(name, value);
			}
		}
		const common = { system, baseUrl, identity, allow: [{ by: "staff" }] };
		connections[system] = { ...common, call: { methods: [init.method], paths: [path.replace(/\?.*/, "")] } };
		calls[system] = { path, ...init };
		if (!tokens[system].signsIn) {
			connections[`open-${system}`] = { ...common, sealed: false };
		}
		if (tokens[system].guarded.length > 0) {
			connections[`shared-${system}`] = { ...common, sealed: false, shareAppToken: true };
		}
	}
	return { connections, secrets, calls };
}

/**
 * A configuration with these connections, for whoever the issuer signs in as staff, from the pages of one origin. One of them is the
 * operator.
 * @template {Record<string, object>} Connections
 * @param {{ connections: Connections, issuer: string, origin: string }} what
 */
export function demoConfig({ connections, issuer, origin }) {
	return {
		authentication: { staff: { type: "jwt", issuer, audience, algorithms: ["ES256"], jwksUrl: `${issuer}/keys` } },
		origins: [origin],
		connections,
		operators: { allow: [{ by: "staff", subjects: ["operator"] }], origins: [origin] },
	};
}

/**
 * What to type in another terminal.
 * @param {{ edge: string, issuer: string, calls: Record<string, { method: string, path: string }> }} where
 */
export function instructions({ edge, issuer, calls }) {
	const [name, { path }] = /** @type {[string, { path: string }]} */ (Object.entries(calls).find(([, { method }]) => method === "GET"));
	return `The edge is at ${edge}, its issuer at ${issuer}. In another terminal:

  TOKEN=$(curl -s '${issuer}/token?sub=agent-7')
  curl -s -X POST ${edge}/v1/token -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{"connection":"open-${name}"}'
  curl -s '${edge}/v1/call/${name}${path}' -H "Authorization: Bearer $TOKEN"
  curl -s ${edge}/healthz

  CCTOKEN_EDGE_BEARER=$(curl -s '${issuer}/token?sub=operator') npx cctoken edge status --edge ${edge} --connection ${name}

Ctrl-C ends all of it.`;
}
