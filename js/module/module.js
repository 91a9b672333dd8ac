// The core's file: where it comes from, whether it is the one that goes with this JavaScript, and the one core that is
// started from it, and afresh if that should die.
import { absent, compileBytes } from "./compile.js";
import { TokenError } from "../client/error.js";
import { instantiate } from "./instance.js";
import { invalidOption, known } from "../client/option.js";
import { runtimeOf } from "./runtime.js";
import { identityOf } from "./stamp.js";

/**
 * Where the core comes from. At most one of the three; none means the file that came with the package.
 * @typedef {object} InitializeOptions
 * @property {string | { readonly href: string }} [wasmUrl] the address of core.wasm, or of a light core: a string or a `URL`. In
 *   Node also a path.
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

/** @typedef {import("./instance.js").Instance} Instance */

/**
 * @typedef {object} Module
 * @property {(options?: InitializeOptions) => Promise<void>} initialize
 * @property {() => Promise<Instance>} start the running core, started first if there is none
 * @property {() => Instance | undefined} running the running core, if there is one
 */

/**
 * What every core exports, whatever its version.
 * @param {WebAssembly.Module} core
 * @returns {[string, string][]}
 */
const required = (core) => [
	["mem", "memory"],
	[runtimeOf(core).entry, "function"],
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
 * @param {import("../client/platform.js").WaitUntil} [settings.waitUntil]
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
		async initialize(options) {
			const asked = known(options, sources);
			const given = only(asked);
			if (given && !sameSource(asked, source)) {
				if (starting) {
					throw new TokenError(
						"module_started",
						"The token core is started already, from another source. Call initialize once, before anything else.",
					);
				}
				source = { [given]: asked[given] };
				compiled = undefined;
			}
			await start();
		},
		start,
		running: () => instance,
	};
}

/** @type {readonly (keyof InitializeOptions)[]} */
const sources = ["wasmUrl", "wasmModule", "wasmBytes"];

/**
 * The one option that is set.
 * @param {InitializeOptions} options
 * @returns {keyof InitializeOptions | undefined}
 */
function only(options) {
	const names = sources.filter((name) => name in options);
	if (names.length > 1) {
		throw invalidOption(/** @type {string} */ (names[1]), `cannot be given beside ${names[0]}: the core has one source`);
	}
	return names[0];
}

/**
 * @param {InitializeOptions} a
 * @param {InitializeOptions} b
 */
function sameSource(a, b) {
	return (
		address(a) === address(b) &&
		(a.wasmModule ?? undefined) === (b.wasmModule ?? undefined) &&
		(a.wasmBytes ?? undefined) === (b.wasmBytes ?? undefined)
	);
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
	if (/** @type {any} */ (globalThis).WebAssembly === undefined) {
		throw absent();
	}
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
	for (const [name, kind] of required(made)) {
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
				`${name(build)}. Copy the package's dist/core.wasm anew to where the program finds it, and empty the caches that may hold an old one. ` +
				"A light core is built anew, of the sources of the same version.",
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
