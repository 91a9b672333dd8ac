// What the error says that a fetch is rejected with.

/** The platforms' words for what fails before anything can be sent: Node's and undici's, and Bun's. */
const beforeSending = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused"]);

/** What is wrong with a certificate, in Node's words and in those of others that have OpenSSL's or Node's. */
export const ofCertificate = /CERT|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^HOSTNAME_MISMATCH$/;

/** What stands against a connection as it is asked for, and will do so the next time: a protocol that the other side does not speak, a refusal. */
const standing =
	/^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|\w*HANDSHAKE_FAILURE|\w*PROTOCOL_VERSION)|PORT_BLOCKED_BY_FETCH|PROXY_ANSWERED_407)$/;

/**
 * How far a request came for which a platform raised an error before there was an answer.
 * @param {unknown} error
 * @returns {import("../module/wall.js").Reach}
 */
export function reachOf(error) {
	const { code = "" } = /** @type {{ code?: string }} */ (safeCause(error) ?? {});
	return standing.test(code) || ofCertificate.test(code) ? "impossible" : unconnected(error) ? "unsent" : "unanswered";
}

/**
 * Whether a platform's own error says that there never was a connection. A host that cannot be reached says so of one that
 * breaks later, too: then it counts what was being done.
 * @param {unknown} error
 */
function unconnected(error) {
	const inner = under(error);
	const { code, syscall } = inner?.errors?.[0] ?? inner ?? {};
	return beforeSending.has(inner?.code) || beforeSending.has(code) || syscall === "connect";
}

/**
 * How fetch says that there is no connection: Chromium and undici, Firefox, WebKit (the first word, and what its system says), React
 * Native and polyfills, Deno, Workers.
 */
const words =
	/^(failed to fetch|fetch failed|terminated$|network ?error|load failed|the (internet|network) connection|could not connect|a server with the specified|the request timed out|an ssl error|network request|error sending request|network connection lost|internal error)/i;

/**
 * Whether an error is one of the connection, and not a fault of the function that was called in place of the platform's fetch:
 * platforms raise a TypeError for both.
 * @param {unknown} error
 */
export function isOfConnection(error) {
	const { name, message } = /** @type {any} */ (error) ?? {};
	const code = under(error)?.code;
	return (
		(typeof code === "string" && !/^ERR_(INVALID|MISSING)_/.test(code)) || // undici's, node-fetch's and most libraries'
		/^(Abort|Timeout|Network|Fetch)Error$/.test(name) ||
		(/^(Type)?Error$/.test(name) && words.test(message))
	);
}

/**
 * What lies under what `fetch` throws.
 * @param {unknown} error
 * @returns {any}
 */
const under = (error) => (error instanceof Error && error.cause !== undefined ? error.cause : error);

/**
 * What may be told of a platform's own error. Its text may quote a URL, and so a secret; its code cannot. What has no code, and is
 * known by its text, gets one here: a proxy's refusal, and a port that fetch goes to for nobody.
 * @param {unknown} error
 * @returns {Error | undefined}
 */
export function safeCause(error) {
	const codes = [];
	let at = /** @type {any} */ (error);
	for (let depth = 0; depth < 5 && at instanceof Error; depth++, at = at.cause) {
		const [, status] = /^Proxy response \((\d{3})\)/.exec(at.message) ?? [];
		codes.push(status && `PROXY_ANSWERED_${status}`, at.message === "bad port" && "PORT_BLOCKED_BY_FETCH", /** @type {any} */ (at).code);
	}
	const code = codes.find((code) => typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code));
	return code === undefined ? undefined : Object.assign(new Error(code), { code });
}
