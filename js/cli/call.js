// cctoken call METHOD PATH: a business call that carries the token.
import { STATUS_CODES } from "node:http";
import { errorOf, TokenError } from "../client/error.js";
import { safeCause } from "../client/connection.js";
import { prepare } from "./client.js";
import { exit } from "./exit.js";
import { checkCarriage, checkInput, jsonIn, readBody, readHeaders, readTarget } from "./request.js";
import { looksSecret } from "./settings.js";
import { acquire, checkSignIn } from "./sign-in.js";
import { UsageError } from "./usage.js";

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest, stdout, spinner } = context;
	const { method, path } = readTarget(rest, options);
	if (options["json"] && options["include"]) {
		throw new UsageError("--json holds the headers already: leave out --include.");
	}
	checkInput(options);
	const headers = await readHeaders(context);
	const { identity, timeoutMs, client, close } = await prepare(context);
	let leaves = false;
	try {
		checkSignIn(identity.system, options);
		const body = await readBody(context);
		checkCarriage(identity, method, body);
		if (body !== undefined && !headers.has("content-type")) {
			headers.set("content-type", jsonIn(body) !== undefined ? "application/json; charset=UTF-8" : "application/octet-stream");
		}
		if (options["sign-in"]) {
			await acquire(client, identity, options);
			leaves = Boolean(options["sign-out"]);
		}
		spinner.start(`${method} with a token of ${identity.system}`);
		const response = await send(client, identity, path, { method, headers, body }, timeoutMs);
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
		if (leaves) {
			await client
				.signOut(identity)
				.catch(({ message }) => context.note(`${context.paintNote("yellow", "warning:")} The sign-out failed: ${message}`));
		}
		await close();
	}
}

/**
 * @param {import("../client/client.js").Client} client
 * @param {import("../client/identity.js").VendorIdentity} identity
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
		if (error instanceof TokenError) {
			throw error;
		}
		if (controller.signal.aborted) {
			throw new TokenError("timeout", "call: the vendor did not answer in time", {
				system: identity.system,
				step: "call",
				retryable: true,
			});
		}
		throw isLost(error) ? lost("no connection to the vendor, or it was lost", error, identity.system) : error;
	} finally {
		clearTimeout(timer);
	}
}

/** What fetch says of a request that it does not send, and so of no connection. */
const unsent = ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"];

/**
 * Whether an error of fetch's is one of the connection. Those have a cause, which the refusal of a request has not, or not
 * such a one.
 * @param {unknown} error
 */
function isLost(error) {
	const cause = error instanceof Error ? /** @type {{ code?: string } | undefined} */ (error.cause) : undefined;
	return cause !== undefined && !unsent.includes(cause.code ?? "");
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
		throw lost("the answer of the vendor broke off", error);
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
		throw lost("the answer of the vendor broke off", error);
	}
	const body = bytes.toString("utf8");
	const isText = Buffer.from(body).equals(bytes);
	const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, looksSecret(name) ? "[hidden]" : value]));
	stdout.write(
		`${JSON.stringify({ status: response.status, headers, ...(isText ? { body } : { bodyBase64: bytes.toString("base64") }) })}\n`,
	);
}

/**
 * A lost connection, as the package says it of a login.
 * @param {string} what
 * @param {unknown} error
 * @param {import("../client/identity.js").System} [system]
 */
function lost(what, error, system) {
	return errorOf({ code: "network", message: `call: ${what}`, system, step: "call", retryable: true }, safeCause(error));
}
