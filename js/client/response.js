// What a fetch gave, whoever made it: the platform's Response, another library's, or what a test has put in its place.

/** @typedef {import("./source.js").Source} Source */

const encoder = new TextEncoder();

/** What is wrong with an answer whose body nobody can read, which is the fault of the fetch that gave it. */
export class Unreadable extends TypeError {}

/**
 * The HTTP status, or undefined where it is no answer at all. What says no more than that it is `ok` has 200.
 * @param {any} response
 * @returns {number | undefined}
 */
export function statusOf(response) {
	const { status, ok } = response ?? {};
	return Number.isInteger(status) && status >= 0 && status <= 999 ? status : ok === true ? 200 : undefined;
}

/**
 * A header, or null where it is not there: of what has `get`, as Headers have, or of a plain object.
 * @param {any} response
 * @param {string} name
 * @returns {string | null}
 */
export function headerOf({ headers }, name) {
	const value =
		typeof headers?.get === "function"
			? headers.get(name)
			: Object.entries(headers ?? {}).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
	return typeof value === "string" ? value : null;
}

/**
 * Its body, to be read once: as a stream where it is one, Node's own kind too, and otherwise at once.
 * @param {any} response
 * @returns {Source} whose `read` is rejected where somebody has read it before
 */
export function sourceOf(response) {
	const { body, bodyUsed } = response;
	if (bodyUsed === true || body?.locked === true) {
		const error = new Unreadable("The body of the response was read before: a fetch that looks into it reads a clone.");
		return { read: () => Promise.reject(error), cancel() {} };
	}
	if (isOfTheWeb(body)) {
		const reader = body.getReader();
		return { read: pieces(() => reader.read()), cancel: () => void reader.cancel().catch(() => {}) };
	}
	if (isOfNode(body)) {
		const iterator = body[Symbol.asyncIterator]();
		return { read: pieces(() => iterator.next()), cancel: () => discard(response) };
	}
	let read = body === null; // there is none: a browser that is asked for it all the same takes its time to say so
	return {
		async read() {
			const first = !read;
			read = true;
			const bytes = first ? bytesOf(await whole(response)) : undefined;
			return bytes?.length ? bytes : undefined;
		},
		cancel() {},
	};
}

/** Whether a body is a stream of the platform's. */
export const isOfTheWeb = (/** @type {any} */ body) => typeof body?.getReader === "function";
const isOfNode = (/** @type {any} */ body) => typeof body?.[Symbol.asyncIterator] === "function";

/** Whether its body comes piece by piece, and so may break off. @param {any} response */
export const streams = ({ body }) => isOfTheWeb(body) || isOfNode(body);

/** Lets go of an answer that nobody reads. @param {any} response */
export function discard(response) {
	const { body } = response ?? {};
	if (typeof body?.cancel === "function") {
		body.cancel()?.catch?.(() => {}); // somebody may be reading it, or it is broken
	} else if (typeof body?.destroy === "function") {
		body.once?.("error", () => {}).destroy(); // Node's own kind of stream
	}
}

/**
 * @param {() => Promise<{ done?: boolean, value?: unknown }>} next
 * @returns {Source["read"]}
 */
function pieces(next) {
	return async () => {
		for (;;) {
			const { done, value } = await next();
			const piece = done ? undefined : bytesOf(value);
			if (piece?.length !== 0) {
				return piece; // a stream of bytes takes no empty one
			}
		}
	};
}

/** As text before as bytes: where there are no streams, not every platform has those. @param {any} response */
async function whole(response) {
	for (const name of ["text", "arrayBuffer", "json"]) {
		if (typeof response[name] === "function") {
			const read = await response[name]();
			return name === "json" ? JSON.stringify(read) : read;
		}
	}
	return "";
}

/** @param {unknown} value */
function bytesOf(value) {
	const bytes = typeof value === "string" ? encoder.encode(value) : asBytes(value);
	if (!bytes) {
		throw new Unreadable("The body of the response does not consist of bytes.");
	}
	return bytes;
}

/**
 * The bytes of a buffer or of a view on one, of whatever realm: those of another frame, or of a test's own, are no instances of
 * this one's classes.
 * @param {unknown} value
 * @returns {Uint8Array<ArrayBuffer> | undefined} undefined where it is neither
 */
export function asBytes(value) {
	if (ArrayBuffer.isView(value)) {
		return new Uint8Array(/** @type {ArrayBuffer} */ (value.buffer), value.byteOffset, value.byteLength);
	}
	const isBuffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
	return isBuffer ? new Uint8Array(/** @type {ArrayBuffer} */ (value)) : undefined;
}
