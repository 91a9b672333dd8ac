// What the page asks an edge in an operator's name. The bearer comes with each request, and nothing is kept here.

/** How long the edge is waited for; milliseconds. It waits for a keeper for five seconds itself. */
const timeoutMs = 15_000;

/**
 * The origin of an edge, as it was typed.
 * @param {string} text
 * @returns {string} "" where it is none: https, or http of this machine, without a path
 */
export function edgeAt(text) {
	if (!URL.canParse(text)) {
		return "";
	}
	const { protocol, hostname, origin, username, password, pathname, search, hash } = new URL(text);
	const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
	const secure = protocol === "https:" || (protocol === "http:" && local);
	return secure && pathname === "/" && !username && !password && !search && !hash ? origin : "";
}

/**
 * Asks for a path below /v1/operator/, by POST where there is a body.
 * @param {string} edge its origin
 * @param {string} bearer
 * @param {string} path
 * @param {{ hash?: string, [member: string]: any }} [body] hash: a user's, in place of a way in and a subject
 * @returns {Promise<{ status: number, body: any }>} status: 0 where there was no answer that this page may read. Users are hashes in the
 *   body, and times are texts of this clock.
 */
export async function operate(edge, bearer, path, body) {
	try {
		const response = await fetch(`${edge}/v1/operator/${path}`, {
			method: body ? "POST" : "GET",
			headers: { authorization: `Bearer ${bearer}`, ...(body && { "content-type": "application/json" }) },
			body: body && JSON.stringify({ ...body, user: body.hash, hash: undefined }),
			credentials: "omit",
			cache: "no-store",
			redirect: "error", // the bearer is for this edge
			signal: AbortSignal.timeout(timeoutMs),
		});
		const answer = await response.json();
		return { status: response.status, body: { ...answer, ...stopOf(answer), stopped: answer.stopped?.map(stopOf) } };
	} catch {
		return { status: 0, body: {} };
	}
}

/** @param {{ user?: string, connection?: string, since?: string }} stop */
function stopOf({ user, connection, since }) {
	return { hash: user, connection, since: since && clockOf(new Date(since)) };
}

/** @param {Date} date */
function clockOf(date) {
	return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace("T", " ");
}
