// cctoken call METHOD PATH: a business call that carries the token.
import { STATUS_CODES } from "node:http";
import { resolve } from "node:path";
import { TokenError } from "../error.js";
import { safeCause } from "../http.js";
import { prepare } from "./client.js";
import { exit } from "./exit.js";
import { readBytes, readInputBytes, readText } from "./files.js";
import { keepInputFor } from "./secrets.js";
import { looksSecret } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** A body is held in memory, as it may have to be sent again; in bytes. */
const maxBody = 64 << 20;

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest, stdout, spinner } = context;
	const [method, path, ...more] = rest;
	if (method === undefined || path === undefined || more.length > 0) {
		throw new UsageError("call takes a method and a path, such as: cctoken call GET /apiaccess/ccmessaging/poll");
	}
	if (!/^[A-Za-z]{1,16}$/.test(method)) {
		throw new UsageError("The method must be a word such as GET or POST.", "method");
	}
	if (!path.startsWith("/")) {
		throw new UsageError('The path must begin with "/": it is appended to the base URL. (Git Bash on Windows rewrites it: begin with "//" there, or set MSYS_NO_PATHCONV=1.)', "path");
	}
	if (options["json"] && options["include"]) {
		throw new UsageError("--json holds the headers already: leave out --include.");
	}
	if (isInput(options["data"])) {
		keepInputFor(options, "data");
	}
	const headers = await readHeaders(context);
	const { identity, timeoutMs, client } = await prepare(context);
	try {
		const body = await readBody(context);
		if (body !== undefined && !headers.has("content-type")) {
			headers.set("content-type", isJSON(body) ? "application/json; charset=UTF-8" : "application/octet-stream");
		}
		spinner.start(`${method.toUpperCase()} with a token of ${identity.system}`);
		const response = await send(client, identity, path, { method: method.toUpperCase(), headers, body }, timeoutMs);
		spinner.stop();
		if (options["json"]) {
			await writeJSON(stdout, response);
		} else {
			context.note(statusLine(response, context.paintNote));
			if (options["include"]) {
				stdout.write(head(response));
			}
			await stream(stdout, response);
		}
		return response.status < 400 ? exit.ok : exit.no;
	} finally {
		client.close();
	}
}

/**
 * @param {import("../client.js").Client} client
 * @param {import("../identity.js").VendorIdentity} identity
 * @param {string} path
 * @param {RequestInit} init
 * @param {number} timeoutMs for the answer to begin; how long it then goes on is the caller's affair
 */
async function send(client, identity, path, init, timeoutMs) {
	const controller = new AbortController();
	const timer = setTimeout(() => controller.abort(), timeoutMs);
	try {
		return await client.fetch(identity, path, { ...init, signal: controller.signal });
	} catch (error) {
		if (error instanceof TokenError && error.code !== "aborted") {
			throw error;
		}
		throw controller.signal.aborted
			? new TokenError("timeout", "call: the vendor did not answer in time", { system: identity.system, step: "call", retryable: true })
			: new TokenError("network", "call: no connection to the vendor, or it was lost", { system: identity.system, step: "call", retryable: true, cause: safeCause(error) });
	} finally {
		clearTimeout(timer);
	}
}

/** @param {import("./context.js").Context} context */
async function readHeaders({ options, cwd }) {
	const headers = new Headers();
	for (const given of /** @type {string[]} */ (options["header"] ?? [])) {
		if (given.startsWith("@")) {
			const { text } = /** @type {{ text: string }} */ (await readText(resolve(cwd, given.slice(1)), { what: "The file of headers" }));
			text.split(/\r?\n/).filter((line) => line.trim() !== "").forEach((line) => add(headers, line));
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
		add(headers, given);
	}
	return headers;
}

/**
 * @param {Headers} headers
 * @param {string} line
 */
function add(headers, line) {
	const at = line.indexOf(":");
	try {
		headers.append(line.slice(0, at), line.slice(at + 1).trim());
	} catch {
		throw new UsageError('A header must be written "Name: value".', "header");
	}
}

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
async function readBody({ options, stdin, cwd }) {
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
	const { bytes } = /** @type {{ bytes: Buffer<ArrayBuffer> }} */ (await readBytes(resolve(cwd, data.slice(1)), { what: "The file of --data", most: maxBody, field: "data" }));
	return bytes;
}

/** @param {string | undefined} data */
const isInput = (data) => data === "-" || data === "@-";

/** @param {Uint8Array} body */
function isJSON(body) {
	try {
		JSON.parse(Buffer.from(body).toString());
		return true;
	} catch {
		return false;
	}
}

/**
 * @param {Response} response
 * @param {import("./terminal.js").Paint} paint
 */
function statusLine({ status }, paint) {
	return paint(status < 400 ? "green" : "red", `${status} ${STATUS_CODES[status] ?? ""}`.trimEnd());
}

/**
 * The head as on the wire. A header that may hold a token is left out: it goes to the session, not to the screen.
 * @param {Response} response
 */
function head(response) {
	const lines = [...response.headers].map(([name, value]) => `${name}: ${looksSecret(name) ? "[hidden]" : value}`);
	return [`HTTP ${response.status} ${STATUS_CODES[response.status] ?? ""}`.trimEnd(), ...lines, "", ""].join("\n");
}

/**
 * The body as it comes, no faster than it is read.
 * @param {NodeJS.WriteStream} stdout
 * @param {Response} response
 */
async function stream(stdout, response) {
	try {
		for await (const part of response.body ?? []) {
			if (!stdout.write(part)) {
				await new Promise((resolve) => stdout.once("drain", resolve));
			}
		}
	} catch (error) {
		throw brokeOff(error);
	}
}

/**
 * @param {NodeJS.WriteStream} stdout
 * @param {Response} response
 */
async function writeJSON(stdout, response) {
	let bytes;
	try {
		bytes = Buffer.from(await response.arrayBuffer());
	} catch (error) {
		throw brokeOff(error);
	}
	const body = bytes.toString("utf8");
	const isText = Buffer.from(body).equals(bytes);
	const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, looksSecret(name) ? "[hidden]" : value]));
	stdout.write(`${JSON.stringify({ status: response.status, headers, ...(isText ? { body } : { bodyBase64: bytes.toString("base64") }) })}\n`);
}

/** @param {unknown} error */
function brokeOff(error) {
	return new TokenError("network", "call: the answer broke off", { step: "call", retryable: true, cause: safeCause(error) });
}
