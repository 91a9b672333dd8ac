// From an address or from bytes to a compiled WebAssembly module, with errors that say what to do. The loaders of
// all platforms use it.
import { TokenError } from "../client/error.js";

const remedy =
	"Put a copy of the package's dist/core.wasm where the program can reach it, and tell its address with " +
	"initialize({ wasmUrl }). Or import cctoken/inline, which needs no file.";

/** A module of half a megabyte that takes longer than this is not coming. */
const fetchTimeoutMs = 60_000;

/**
 * Compiles the bytes of a WebAssembly file.
 *
 * The result is a `WebAssembly.Module`. It is spelled `object` in all declarations: TypeScript knows the type by its
 * DOM library alone, and a Node program should not need that.
 * @param {ArrayBuffer | ArrayBufferView} bytes
 * @param {string} from where they came from, for the error
 * @returns {Promise<object>}
 */
export async function compileBytes(bytes, from) {
	const head = ArrayBuffer.isView(bytes)
		? new Uint8Array(bytes.buffer, bytes.byteOffset, Math.min(4, bytes.byteLength))
		: new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
	if (String.fromCharCode(...head) !== "\0asm") {
		throw notWebAssembly(from, undefined);
	}
	try {
		return await WebAssembly.compile(/** @type {BufferSource} */ (bytes));
	} catch (cause) {
		throw notCompiled(from, cause);
	}
}

/**
 * Fetches and compiles a WebAssembly file, while it downloads where the server lets it.
 * @param {string} url
 * @param {boolean} [fresh] past the HTTP cache
 * @returns {Promise<object>}
 */
export async function compileUrl(url, fresh) {
	const from = shown(url);
	let response;
	try {
		response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs), ...(fresh && { cache: "reload" }) });
	} catch (cause) {
		const origins = "document" in globalThis ? " If it is on another origin than the page, that server must allow the page's (CORS)." : "";
		throw new TokenError("module_not_found", `The token core could not be fetched from ${from}.${origins} ${remedy}`, {
			retryable: true,
			cause,
		});
	}
	if (!response.ok) {
		throw new TokenError("module_not_found", `The token core is not at ${from}: the server answered ${response.status}. ${remedy}`, {
			httpStatus: response.status,
			retryable: response.status >= 500 || response.status === 429,
		});
	}
	const type = response.headers.get("content-type")?.toLowerCase();
	if (type?.startsWith("text/html")) {
		// What a single-page application's server answers for any path that it does not know.
		await response.body?.cancel();
		throw notWebAssembly(from, response.status);
	}
	// compileStreaming refuses every other type, even this one with a parameter, and has then used up the body. So the
	// type is looked at first: a server that does not know .wasm files costs the streaming, and nothing else.
	// https://webassembly.github.io/spec/web-api/#compile-a-potential-webassembly-response
	if (type === "application/wasm") {
		try {
			return await WebAssembly.compileStreaming(response);
		} catch (cause) {
			if (cause instanceof WebAssembly.CompileError) {
				throw notCompiled(from, cause);
			}
			throw interrupted(from, cause);
		}
	}
	let bytes;
	try {
		bytes = await response.arrayBuffer();
	} catch (cause) {
		throw interrupted(from, cause);
	}
	return compileBytes(bytes, from);
}

/**
 * The error for a file that is not there.
 * @param {string} from
 * @param {unknown} [cause]
 */
export function notFound(from, cause) {
	return new TokenError("module_not_found", `The token core is not at ${from}. ${remedy}`, { cause });
}

/**
 * The error for a bundle that does not know where it is, so nor what is beside it. esbuild leaves import.meta empty in CommonJS.
 * @param {unknown} cause
 */
export const notBeside = (cause) => notFound("the side of this bundle, which does not know its own address, as CommonJS does not", cause);

/**
 * An address as it may be shown: without user, password, query and fragment, any of which may hold a secret.
 * @param {string} url
 */
export function shown(url) {
	if (url.startsWith("data:")) {
		return "a data: address";
	}
	return url.replace(/[?#].*$/s, "").replace(/^(\w+:\/\/)[^/]*@/, "$1");
}

/**
 * @param {string} from
 * @param {number | undefined} status
 */
function notWebAssembly(from, status) {
	return new TokenError(
		"module_invalid",
		`What is at ${from} is not WebAssembly, but perhaps the page that a server answers when it has no such file. ${remedy}`,
		{ httpStatus: status },
	);
}

const policy = "the page's Content-Security-Policy forbids WebAssembly: its script-src must have 'wasm-unsafe-eval'.";

/**
 * @param {string} from
 * @param {unknown} cause
 */
function notCompiled(from, cause) {
	return new TokenError(
		"module_invalid",
		`The token core from ${from} could not be compiled. The file is damaged, or ${policy} Cloudflare's Workers and Vercel's ` +
			'edge runtime never compile at run time: import "cctoken" there, which brings the core compiled.',
		{ cause },
	);
}

/** The error where there is no WebAssembly at all. */
export const absent = () =>
	new TokenError(
		"module_invalid",
		"There is no WebAssembly here: the browser or the runtime has it switched off, as Lockdown Mode does on Apple's devices, and --jitless in " +
			"Node. Let somebody else get the tokens, such as a backend of yours, or an edge.",
	);

/**
 * The error for a module that compiled and may not be instantiated, which is how WebKit obeys a policy.
 * @param {unknown} cause
 */
export function forbidden(cause) {
	return new TokenError("module_invalid", `The token core may not start: ${policy}`, { cause });
}

/**
 * @param {string} from
 * @param {unknown} cause
 */
function interrupted(from, cause) {
	return new TokenError("module_not_found", `The download of the token core from ${from} broke off.`, {
		retryable: true,
		cause,
	});
}
