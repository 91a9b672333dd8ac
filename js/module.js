// The life of the WebAssembly module: found, compiled, started, called, and started afresh if it should die. What its
// exports mean is the driver's business.
import { createGo } from "../dist/go.js";
import { compileBytes, forbidden } from "./compile.js";
import { TokenError } from "./error.js";
import { known } from "./option.js";
import { identityOf } from "./stamp.js";

/**
 * Where the core comes from. At most one of the three; none means the file that came with the package.
 * @typedef {object} InitializeOptions
 * @property {string | { readonly href: string }} [wasmUrl] the address of core.wasm: a string or a `URL`. In Node also a path.
 * @property {object} [wasmModule] a `WebAssembly.Module`, compiled already. Needed where compiling is forbidden, as it
 *   is in Cloudflare's Workers.
 * @property {ArrayBuffer | ArrayBufferView} [wasmBytes] the file's content.
 */

/**
 * @typedef {object} Location
 * @property {string} [wasmUrl] where to look instead of beside the package's own files
 * @property {boolean} [fresh] look past the platform's HTTP cache: what it gave was of another build
 */

/**
 * Finds and compiles the core on one platform; answers a `WebAssembly.Module`.
 * @typedef {(location: Location) => Promise<object>} Load
 */

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
 * @property {(texts: [string, string], bytes: Uint8Array) => [number, number]} writeTexts the same with two texts; answers
 *   the length of each in bytes
 * @property {(pointer: number, length: number) => string} read a copy of the text at that address
 * @property {() => Uint8Array} memory a view on the core's memory. Not to be kept: the next call may make memory grow,
 *   which empties every older view.
 * @property {() => boolean} dead whether it has died
 */

/**
 * @typedef {object} Module
 * @property {(options?: InitializeOptions) => Promise<void>} initialize
 * @property {() => Promise<Instance>} start the running core, started first if there is none
 * @property {() => Instance | undefined} running the running core, if there is one
 */

const encoder = new TextEncoder();
const nothing = new Uint8Array();
// Text comes out as Go wrote it, a leading byte order mark included.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What every core exports, whatever its version. @type {[string, string][]} */
const required = [
	["mem", "memory"],
	["run", "function"],
	["input", "function"],
];

/**
 * Makes the handle of a core that is not started yet. Nothing happens until `initialize` or `start` is called.
 *
 * Both join a start that is under way or done, and both may be called again after a failure. `initialize` with another
 * source than the running core's is an error: two cores would not know each other's tokens.
 * @param {Load} load
 * @param {object} [settings]
 * @param {import("./stamp.js").Build} [settings.build] the one file that is accepted. Without it any is.
 * @param {import("./driver.js").WaitUntil} [settings.waitUntil]
 * @param {(error: TokenError) => void} [settings.onDeath] called once for each core that dies, before the call that it
 *   died of throws
 * @returns {Module}
 */
export function createModule(load, { build, waitUntil, onDeath } = {}) {
	/** @type {InitializeOptions} */
	let source = {};
	/** Kept when the core dies: another instance then costs milliseconds. @type {WebAssembly.Module | undefined} */
	let compiled;
	/** @type {Promise<Instance> | undefined} */
	let starting;
	/** @type {Instance | undefined} */
	let instance;

	/** @returns {Promise<Instance>} */
	async function launch() {
		compiled ??= await compile(source, load, build);
		try {
			instance = await instantiate(compiled, (error) => {
				instance = undefined;
				starting = undefined;
				onDeath?.(error);
			});
		} catch (error) {
			// A file that can never start, perhaps out of an old cache, is looked for again at the next try.
			if (error instanceof TokenError && error.code === "module_invalid") {
				compiled = undefined;
			}
			throw error;
		}
		return instance;
	}

	function start() {
		if (!starting) {
			starting = launch().catch((error) => {
				starting = undefined;
				throw error;
			});
			waitUntil?.(starting);
		}
		return starting;
	}

	return {
		async initialize(options = {}) {
			const given = only(options);
			if (given && !sameSource(options, source)) {
				if (starting) {
					throw new TokenError(
						"module_started",
						"The token core is started already, from another source. Call initialize once, before anything else.",
					);
				}
				source = { [given]: options[given] };
				compiled = undefined;
			}
			await start();
		},
		start,
		running: () => instance,
	};
}

/**
 * The one option that is set.
 * @param {InitializeOptions} options
 * @returns {keyof InitializeOptions | undefined}
 */
function only(options) {
	const all = /** @type {const} */ (["wasmUrl", "wasmModule", "wasmBytes"]);
	known(options, all);
	const names = all.filter((name) => options[name] != null);
	if (names.length > 1) {
		throw new TokenError("module_invalid", `initialize takes one of ${names.join(", ")}, not several.`);
	}
	return names[0];
}

/**
 * @param {InitializeOptions} a
 * @param {InitializeOptions} b
 */
function sameSource(a, b) {
	return address(a) === address(b) && (a.wasmModule ?? undefined) === (b.wasmModule ?? undefined) && (a.wasmBytes ?? undefined) === (b.wasmBytes ?? undefined);
}

/** @param {InitializeOptions} source */
function address({ wasmUrl }) {
	return typeof wasmUrl === "object" ? wasmUrl?.href : wasmUrl;
}

/**
 * @param {InitializeOptions} source
 * @param {Load} load
 * @param {import("./stamp.js").Build | undefined} build
 */
async function compile(source, load, build) {
	if (source.wasmModule) {
		return accept(source.wasmModule, build);
	}
	if (source.wasmBytes) {
		return accept(await compileBytes(source.wasmBytes, "initialize({ wasmBytes })"), build);
	}
	const location = { wasmUrl: address(source) };
	try {
		return accept(await load(location), build);
	} catch (error) {
		if (!(error instanceof TokenError) || error.code !== "module_stale") {
			throw error;
		}
		// After an update a browser may have the new JavaScript and, out of its cache, the old file.
		return accept(await load({ ...location, fresh: true }), build);
	}
}

/**
 * The module, if it is the core that this JavaScript goes with.
 * @param {object} made
 * @param {import("./stamp.js").Build | undefined} build
 */
function accept(made, build) {
	if (!isModule(made)) {
		throw new TokenError("module_invalid", "What initialize({ wasmModule }) was given is not a WebAssembly.Module.");
	}
	const exported = new Map(WebAssembly.Module.exports(made).map(({ name, kind }) => [name, kind]));
	for (const [name, kind] of required) {
		if (exported.get(name) !== kind) {
			throw new TokenError(
				"module_invalid",
				`This WebAssembly file is not the token core: it has no ${kind} "${name}". Use the package's dist/core.wasm.`,
			);
		}
	}
	if (build) {
		refuseOther(made, build);
	}
	return made;
}

/**
 * A file of another build may understand the calls of this JavaScript in another way, or its tokens' lives.
 * @param {WebAssembly.Module} made
 * @param {import("./stamp.js").Build} build
 */
function refuseOther(made, build) {
	const found = identityOf(made);
	if (found?.core !== build.core) {
		const name = (/** @type {import("./stamp.js").Build} */ { version, core }) => `${version}, build ${core.slice(0, 12)}`;
		throw new TokenError(
			"module_stale",
			`This WebAssembly file is ${found ? `of cctoken ${name(found)}` : "of no known build of cctoken"}, and the JavaScript of ` +
				`${name(build)}. Copy the package's dist/core.wasm anew to where the program finds it, and empty the caches that may hold an old one.`,
		);
	}
}

/**
 * By its tag, as `instanceof` says no to a module from another realm (a test runner's, an iframe's).
 * @param {object} value
 * @returns {value is WebAssembly.Module}
 */
function isModule(value) {
	return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

/**
 * Starts a core from its compiled module.
 * @param {WebAssembly.Module} core
 * @param {(error: TokenError) => void} died
 * @returns {Promise<Instance>}
 */
async function instantiate(core, died) {
	const go = createGo();
	// Linear memory never shrinks, so it is worth collecting garbage before the heap has grown by more than a fifth of
	// what lives: by Go's default it doubles. https://go.dev/doc/gc-guide#GOGC
	go.env.GOGC = "20";
	/** @type {WebAssembly.Instance} */
	let wasm;
	try {
		wasm = await WebAssembly.instantiate(core, go.importObject);
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
	// run brings main as far as it goes, and its promise settles when main is over, which a healthy core's never is. If
	// it fails at once the promise is rejected already, and the handler has its turn before this function goes on.
	let cause;
	go.run(wasm).catch((error) => {
		cause = error;
	});
	await undefined;
	if (cause !== undefined || go.exited) {
		throw failure(cause);
	}
	return guard(wasm, go, died);
}

/**
 * Puts a guard before everything that touches a running core. A panic in Go throws nothing: the call answers whatever
 * number lies on the stack, and simple functions even go on working in the ruins. Only the runtime's `exited` tells.
 * A trap (a RuntimeError) and an exhausted stack (a RangeError) do throw, and leave Go in the middle of something.
 * @param {WebAssembly.Instance} wasm
 * @param {import("../dist/go.js").Go} go
 * @param {(error: TokenError) => void} died
 * @returns {Instance}
 */
function guard(wasm, go, died) {
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
			if (go.exited) {
				throw die();
			}
			return result;
		};
	}

	/** @type {Record<string, Export>} */
	const exports = Object.create(null);
	for (const [name, value] of Object.entries(wasm.exports)) {
		// These belong to the runtime.
		if (typeof value === "function" && name !== "run" && name !== "resume" && name !== "getsp") {
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
		writeTexts([a, b], bytes) {
			const most = 3 * (a.length + b.length) + bytes.length;
			const room = view(this.call("input", most) >>> 0, most);
			const first = encoder.encodeInto(a, room).written;
			const second = encoder.encodeInto(b, room.subarray(first)).written;
			room.set(bytes, first + second);
			return [first, second];
		},
		read: (pointer, length) => decoder.decode(view(pointer, length)),
		memory: () => view(0, memory.buffer.byteLength),
		dead: () => death !== undefined,
	};
}

/** @param {unknown} cause */
function failure(cause) {
	return new TokenError(
		"module_failed",
		"The token core has failed and lost what it knew. The next call starts a new one.",
		{ retryable: true, ...(cause === undefined ? {} : { cause }) },
	);
}
