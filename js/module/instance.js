// A running core: the module started, and everything that touches it guarded. What its exports mean is the wall's business.
import { forbidden } from "./compile.js";
import { TokenError } from "../client/error.js";
import { runtimeOf } from "./runtime.js";

/**
 * A function that the module exports. The call throws a `module_failed` TokenError if the core dies of it.
 * @typedef {(...args: number[]) => number} Export
 */

/**
 * A running core.
 * @typedef {object} Instance
 * @property {Readonly<Record<string, Export>>} exports
 * @property {(name: string, ...args: number[]) => number} call calls an export by name
 * @property {(text: string, bytes?: Uint8Array) => { pointer: number, length: number }} write puts a text, and bytes behind
 *   it, where the core looks for its input; answers their address and the text's length in bytes
 * @property {(texts: readonly string[], bytes: Uint8Array) => number[]} writeTexts the same with several texts; answers
 *   the length of each in bytes
 * @property {(pointer: number, length: number) => string} read a copy of the text at that address
 * @property {() => Uint8Array} memory a view on the core's memory. Not to be kept: the next call may make memory grow,
 *   which empties every older view.
 * @property {() => boolean} dead whether it has died
 * @property {number} maxSessions the most that a client of it may keep
 */

const encoder = new TextEncoder();
const nothing = new Uint8Array();
// Text comes out as Go wrote it, a leading byte order mark included.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The exports that belong to the runtimes. */
const ofRuntimes = new Set(["run", "resume", "getsp", "_initialize"]);

/**
 * Starts a core.
 * @param {object} core a `WebAssembly.Module`
 * @param {(error: TokenError) => void} died
 * @returns {Promise<Instance>}
 */
export async function instantiate(core, died) {
	const { create, maxSessions } = runtimeOf(core);
	const program = create();
	/** @type {WebAssembly.Instance} */
	let wasm;
	try {
		wasm = await WebAssembly.instantiate(
			/** @type {WebAssembly.Module} */ (core),
			/** @type {WebAssembly.Imports} */ (program.importObject),
		);
	} catch (cause) {
		if (cause instanceof WebAssembly.LinkError) {
			throw new TokenError(
				"module_invalid",
				"This WebAssembly file was built by another version of Go than the package's JavaScript. Use the package's dist/core.wasm.",
				{ cause },
			);
		}
		if (cause instanceof WebAssembly.CompileError) {
			throw forbidden(cause);
		}
		throw failure(cause);
	}
	// The package's core has started when it was built (tools/build/started.js), and run does little. Its promise settles when main
	// is over, which one of Go's never is as long as it is healthy. If it fails at once the promise is rejected already, and the handler has
	// its turn before this function goes on.
	let cause;
	program.run(wasm).catch((error) => {
		cause = error;
	});
	await undefined;
	if (cause !== undefined || program.exited) {
		throw failure(cause);
	}
	return { ...guard(wasm, program, died), maxSessions };
}

/**
 * Puts a guard before everything that touches a running core. A panic in Go throws nothing: the call answers whatever
 * number lies on the stack, and simple functions even go on working in the ruins. Only the runtime's `exited` tells.
 * A trap (a RuntimeError) and an exhausted stack (a RangeError) do throw, and leave Go in the middle of something.
 * @param {{ readonly exports: Record<string, unknown> }} wasm a `WebAssembly.Instance`
 * @param {{ readonly exited?: boolean }} program
 * @param {(error: TokenError) => void} died
 * @returns {Omit<Instance, "maxSessions">}
 */
export function guard(wasm, program, died) {
	const memory = /** @type {WebAssembly.Memory} */ (wasm.exports["mem"]);
	/** @type {TokenError | undefined} */
	let death;

	/** @param {unknown} [cause] */
	function die(cause) {
		if (!death) {
			death = failure(cause);
			died(death);
		}
		// A new one for each call, so that its stack shows that call.
		return failure(death.cause);
	}

	/**
	 * @param {Function} exported
	 * @returns {Export}
	 */
	function guarded(exported) {
		return (...args) => {
			if (death) {
				throw die();
			}
			let result;
			try {
				result = exported(...args);
			} catch (cause) {
				throw die(cause);
			}
			if (program.exited) {
				throw die();
			}
			return result;
		};
	}

	/** @type {Record<string, Export>} */
	const exports = Object.create(null);
	for (const [name, value] of Object.entries(wasm.exports)) {
		if (typeof value === "function" && !ofRuntimes.has(name)) {
			exports[name] = guarded(value);
		}
	}

	/**
	 * @param {number} pointer
	 * @param {number} length
	 */
	function view(pointer, length) {
		if (death) {
			throw die();
		}
		try {
			// An address is an unsigned number; WebAssembly hands it out as a signed one.
			return new Uint8Array(memory.buffer, pointer >>> 0, length);
		} catch (cause) {
			// Not within the memory: the core has lost its way.
			throw die(cause);
		}
	}

	return {
		exports,
		call(name, ...args) {
			const exported = exports[name];
			if (!exported) {
				throw new TokenError(
					"module_invalid",
					`The token core has no function "${name}". Use the dist/core.wasm of the same version as the package's JavaScript.`,
				);
			}
			return exported(...args);
		},
		write(text, bytes = nothing) {
			const most = 3 * text.length; // bytes in UTF-8
			const pointer = this.call("input", most + bytes.length) >>> 0;
			const room = view(pointer, most + bytes.length);
			const { written } = encoder.encodeInto(text, room);
			room.set(bytes, written);
			return { pointer, length: written };
		},
		writeTexts(texts, bytes) {
			const most = texts.reduce((sum, text) => sum + 3 * text.length, bytes.length);
			const room = view(this.call("input", most) >>> 0, most);
			let at = 0;
			const lengths = texts.map((text) => {
				const { written } = encoder.encodeInto(text, room.subarray(at));
				at += written;
				return written;
			});
			room.set(bytes, at);
			return lengths;
		},
		read: (pointer, length) => decoder.decode(view(pointer, length)),
		memory: () => view(0, memory.buffer.byteLength),
		dead: () => death !== undefined,
	};
}

/**
 * The error for a core that has died.
 * @param {unknown} [cause]
 */
export function failure(cause) {
	return new TokenError("module_failed", "The token core has failed and lost what it knew. The next call starts a new one.", {
		retryable: true,
		...(cause === undefined ? {} : { cause }),
	});
}
