// Asks an edge what only its operators may, and tells what went wrong in the command's own words: none of the edge's, and no value that
// was given.
import { sign } from "../../edge/sign.js";
import { TokenError } from "../../client/error.js";
import { edgeEnv } from "../settings.js";
import { UsageError } from "../usage.js";

/** How long the edge is waited for; milliseconds. It waits for a keeper for five seconds itself. */
const timeoutMs = 15_000;

/** What the edge does not take, by the member of the body. @type {Record<string, string>} */
const wrong = {
	connection: "The edge has no connection of that name.",
	by: "The edge has no way to sign in of that name.",
	subject: "The edge does not take this subject: no operator can stop itself, as nobody could take it back.",
};

/** @typedef {(path: string, body?: object) => Promise<any>} Ask asks for a path below /v1/operator/, by POST where there is a body; rejected with a TokenError, or a UsageError */

/**
 * @param {import("../context.js").Context} context
 * @returns {Ask}
 * @throws {UsageError} where it is not said which edge, or who asks
 */
export function edgeOf(context) {
	const base = baseOf(context.options["edge"] ?? context.env[edgeEnv.url]);
	const authorize = authorizationOf(context);
	return async (path, body) => {
		const url = `${base}/v1/operator/${path}`;
		const text = body && JSON.stringify(body);
		const method = text === undefined ? "GET" : "POST";
		context.spinner.start("Asking the edge");
		try {
			const authorization = await authorize({ method, url, body: new TextEncoder().encode(text) });
			const response = await fetch(url, {
				method,
				headers: { authorization, ...(text !== undefined && { "content-type": "application/json" }) },
				body: text,
				redirect: "manual",
				signal: AbortSignal.timeout(timeoutMs),
			});
			return answerOf(response.status, await response.json().catch(() => undefined));
		} catch (error) {
			throw error instanceof TokenError || error instanceof UsageError ? error : lost(error);
		} finally {
			context.spinner.stop();
		}
	};
}

/** @param {string | undefined} given */
function baseOf(given) {
	if (!given) {
		throw new UsageError(`Which edge? Give --edge URL, or ${edgeEnv.url} in the environment.`, "edge");
	}
	try {
		const { protocol, hostname, origin, username, password, pathname, search } = new URL(given);
		const local = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
		if ((protocol === "https:" || (protocol === "http:" && local)) && !username && !password && pathname === "/" && !search) {
			return origin;
		}
	} catch {
		// said below
	}
	throw new UsageError("The edge must be an https URL without a path, or http of this machine.", "edge");
}

/**
 * What shows that an operator asks: a machine's key, or a bearer token of one's own sign-in. Both are secrets, and so in the environment.
 * @param {import("../context.js").Context} context
 * @returns {(request: import("../../edge/sign.js").Signable) => Promise<string>}
 */
function authorizationOf({ env, hidden }) {
	const { [edgeEnv.keyId]: keyId, [edgeEnv.key]: secret, [edgeEnv.bearer]: bearer } = env;
	hidden.push(...[secret, bearer].flatMap((one) => one ?? []));
	if (bearer && !secret) {
		if (!/^[A-Za-z0-9._~+/=-]+$/.test(bearer)) {
			throw new UsageError(`${edgeEnv.bearer} must be a token and nothing else.`, edgeEnv.bearer);
		}
		return async () => `Bearer ${bearer}`;
	}
	if (!keyId || !secret || bearer) {
		throw new UsageError(
			`Who asks? Give ${edgeEnv.keyId} and ${edgeEnv.key} of a machine that is an operator, or ${edgeEnv.bearer}, in the environment.`,
		);
	}
	if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId) || secret.length < 32) {
		throw new UsageError(`${edgeEnv.keyId} or ${edgeEnv.key} has not the form of one: a name, and at least 32 characters.`, edgeEnv.key);
	}
	return (request) => sign({ keyId, secret }, request);
}

/** @param {unknown} error */
function lost(error) {
	return error instanceof Error && error.name === "TimeoutError"
		? new TokenError("timeout", "the edge did not answer in time", { retryable: true })
		: new TokenError("network", "no connection to the edge, or it was lost", { retryable: true });
}

/**
 * @param {number} status
 * @param {any} body
 */
function answerOf(status, body) {
	if (status === 200 && typeof body === "object" && body !== null) {
		return body;
	}
	if (status === 404) {
		throw new TokenError("forbidden", "the edge shows nothing to these credentials: check that they are an operator's, and the URL", {
			httpStatus: status,
		});
	}
	if (status === 400 && typeof body?.field === "string" && Object.hasOwn(wrong, body.field)) {
		throw new UsageError(/** @type {string} */ (wrong[body.field]), body.field);
	}
	if (status === 413) {
		throw new TokenError("unavailable", "the edge keeps as many stops as it can: end those that are over", { httpStatus: status });
	}
	if (status === 503 && body?.code === "not_configured") {
		throw new TokenError("not_configured", "the edge lacks a part of its configuration; its /healthz says which", { httpStatus: status });
	}
	if (status === 503 || status === 429) {
		throw new TokenError("unavailable", "the edge cannot answer at the moment; try again", { httpStatus: status, retryable: true });
	}
	throw stranger(status);
}

/** @param {number} [status] */
export function stranger(status) {
	return new TokenError("unexpected_status", "what answers is not an edge, or one of another version; check the URL", {
		httpStatus: status,
	});
}
