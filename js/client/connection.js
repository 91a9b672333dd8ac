// What the error says that a fetch is rejected with.

/** The platforms' words for what fails before anything can be sent: Node's and undici's, and Bun's. */
const beforeSending = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused"]);

/**
 * Whether a platform's own error says that there never was a connection. A host that cannot be reached says so of one that
 * breaks later, too: then it counts what was being done.
 * @param {unknown} error
 */
export function unconnected(error) {
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
 * What may be told of a platform's own error. Its text may quote a URL, and so a secret; its code cannot.
 * @param {unknown} error
 * @returns {Error | undefined}
 */
export function safeCause(error) {
	const code = under(error)?.code;
	if (typeof code !== "string" || !/^[A-Z][A-Z0-9_]{1,40}$/.test(code)) {
		return undefined;
	}
	return Object.assign(new Error(code), { code });
}
