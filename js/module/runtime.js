// The runtimes that a core can bring along, each with the glue that it needs: Go's own, which is what the package ships, and
// TinyGo's, where somebody has built a light core.
import { createGo } from "../../dist/go.js";
import { maxSessions } from "../generated/limits.js";
import { createLight } from "./light.js";

/**
 * A program about to run.
 * @typedef {object} Program
 * @property {object} importObject `WebAssembly.Imports`
 * @property {(instance: { exports: Record<string, any> }) => Promise<void>} run takes a `WebAssembly.Instance`, and brings its main as far as it goes; rejected where that
 *   fails, and otherwise perhaps never settled
 * @property {boolean} [exited] true once it has ended
 */

/**
 * @typedef {object} Runtime
 * @property {string} entry the export that it begins with
 * @property {number} maxSessions the most that a client may keep
 * @property {() => Program} create
 */

/** @type {Runtime} */
const go = { entry: "run", maxSessions, create: createGo };

/** Its collector looks at all that lives each time, and each call that needs memory may wait for it. @type {Runtime} */
const light = { entry: "_initialize", maxSessions: 10_000, create: createLight };

/**
 * A core's runtime, told by what it imports. What is no core is taken for one of Go's.
 * @param {object} core a `WebAssembly.Module`
 * @returns {Runtime}
 */
export function runtimeOf(core) {
	const imports = WebAssembly.Module.imports(/** @type {WebAssembly.Module} */ (core));
	return imports.some(({ module, name }) => module === "env" && name === "arc4random") ? light : go;
}
