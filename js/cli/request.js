// The request of a business call, as the arguments have it. What cannot be sent is refused here, before there is a token:
// each token costs a login.
import { resolve } from "node:path";
import { systems } from "../generated/systems.js";
import { readBytes, readInputBytes, readText } from "./files.js";
import { keepInputFor } from "./secrets.js";
import { looksSecret } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** A body is held in memory, as it may have to be sent again; in bytes. */
const maxBody = 64 << 20;

/** What fetch sends by no means. https://fetch.spec.whatwg.org/#forbidden-method */
const forbiddenMethods = ["CONNECT", "TRACE", "TRACK"];

/** What Node's fetch sets itself: it drops another value, or fails at it. Browsers' fetch forbids more. */
const forbiddenHeaders = ["host", "content-length", "transfer-encoding", "expect", "keep-alive", "upgrade", "sec-fetch-mode"];

/**
 * @param {readonly string[]} rest
 * @param {Readonly<Record<string, any>>} options
 * @returns {{ method: string, path: string }}
 * @throws {UsageError}
 */
export function readTarget([method, path, ...more], options) {
	if (method === undefined || path === undefined || more.length > 0) {
		throw new UsageError("call takes a method and a path, such as: cctoken call GET /a/path?a=query");
	}
	if (!/^[A-Za-z]{1,16}$/.test(method)) {
		throw new UsageError("The method must be a word such as GET or POST.", "method");
	}
	if (!path.startsWith("/")) {
		throw new UsageError(
			'The path must begin with "/": it is appended to the base URL. (Git Bash on Windows rewrites it: begin with "//" there, or set MSYS_NO_PATHCONV=1.)',
			"path",
		);
	}
	const upper = method.toUpperCase();
	if (forbiddenMethods.includes(upper)) {
		throw new UsageError(`${upper} cannot be sent: fetch lets no program use it.`, "method");
	}
	if (isBodiless(upper) && options["data"] !== undefined) {
		throw new UsageError(`${upper} has no body: leave out --data, or use POST, PUT or PATCH.`, "data");
	}
	return { method: upper, path };
}

/** @param {string} method */
const isBodiless = (method) => method === "GET" || method === "HEAD";

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<Headers>}
 */
export async function readHeaders({ options, cwd }) {
	const headers = new Headers();
	for (const given of /** @type {string[]} */ (options["header"] ?? [])) {
		if (given.startsWith("@")) {
			const { text } = /** @type {{ text: string }} */ (
				await readText(resolve(cwd, given.slice(1)), { what: "The file of headers", field: "header" })
			);
			text.split(/\r?\n/).forEach((line, i) => line.trim() !== "" && add(headers, line, `; line ${i + 1} of the file is not`));
			continue;
		}
		const name = given.split(":", 1)[0] ?? "";
		if (looksSecret(name)) {
			throw new UsageError(
				`The header ${nameable(name, "of that name")} sounds like a secret, which is not taken from the command line: put the line into a file, and give --header @FILE. ` +
					"What carries the token is added by itself.",
				"header",
			);
		}
		add(headers, given, "");
	}
	return headers;
}

/**
 * @param {Headers} headers
 * @param {string} line
 * @param {string} where it stands
 */
function add(headers, line, where) {
	const at = line.indexOf(":");
	const name = line.slice(0, Math.max(at, 0)).trim();
	const value = line.slice(at + 1).trim();
	if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
		throw new UsageError(`A header must be written "Name: value"${where}.`, "header");
	}
	const folded = name.toLowerCase();
	if (forbiddenHeaders.includes(folded) || (folded === "connection" && !/^(close|keep-alive)$/i.test(value))) {
		throw new UsageError(`The header ${nameable(name, "of that name")} cannot be set: fetch sets it itself.`, "header");
	}
	try {
		headers.append(name, value);
	} catch {
		throw new UsageError(
			`The value of the header ${nameable(name, "of that name")} has letters that no header can: other than Latin ones, or control characters.`,
			"header",
		);
	}
}

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
export async function readBody({ options, stdin, cwd }) {
	const data = options["data"];
	if (data === undefined) {
		return undefined;
	}
	if (isInput(data)) {
		return readInputBytes(stdin, { what: "What is", most: maxBody, field: "data" });
	}
	if (!data.startsWith("@")) {
		return Buffer.from(data);
	}
	const { bytes } = /** @type {{ bytes: Buffer<ArrayBuffer> }} */ (
		await readBytes(resolve(cwd, data.slice(1)), { what: "The file of --data", most: maxBody, field: "data" })
	);
	return bytes;
}

/** @param {string | undefined} data */
const isInput = (data) => data === "-" || data === "@-";

/**
 * @param {Readonly<Record<string, any>>} options
 * @throws {UsageError} where standard input would have to hold the data as well as the secrets
 */
export function checkInput(options) {
	if (isInput(options["data"])) {
		keepInputFor(options, "data");
	}
}

/**
 * Some systems' tokens travel inside the body. The package says so too, but only once it has a token to put there.
 * @param {import("../client/identity.js").VendorIdentity} identity
 * @param {string} method
 * @param {Uint8Array | undefined} body
 * @throws {UsageError}
 */
export function checkCarriage(identity, method, body) {
	const { system } = identity;
	const carried = systems.find(({ name }) => name === system)?.bodyCarriesToken;
	const given = typeof carried === "object" && /** @type {Record<string, unknown>} */ (identity)[carried.field];
	if (!carried || (typeof carried === "object" && (given ?? carried.value) !== carried.value)) {
		return;
	}
	if (isBodiless(method)) {
		throw new UsageError(`${system}'s token travels in the body, and ${method} has none: use POST.`, "method");
	}
	const value = body && body.length > 0 ? jsonIn(body) : {};
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new UsageError(`${system}'s token travels in the body: --data must be a JSON object, such as {}.`, "data");
	}
}

/**
 * @param {Uint8Array} body
 * @returns {unknown} undefined where it is no JSON
 */
export function jsonIn(body) {
	try {
		return JSON.parse(new TextDecoder().decode(body));
	} catch {
		return undefined;
	}
}
