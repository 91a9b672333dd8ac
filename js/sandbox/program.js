// The sandbox's Go program: found, compiled once a process, started once a sandbox, and called. It knows nothing of
// sockets: whoever asks hands it a request, and a sink for the answer.
import { readFile } from "node:fs/promises";
import { clearTimeout, setTimeout } from "node:timers";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { createGo } from "../../dist/go.js";
import { invalidOption, SandboxError } from "./error.js";

/**
 * A request as it came: names and values of its headers in turn.
 * @typedef {object} Request
 * @property {string} method
 * @property {string} target the path and query as they were sent
 * @property {readonly string[]} headers
 * @property {Uint8Array} body
 * @property {boolean} [broken] whether the body broke off
 */

/**
 * Takes one answer. None of its methods may call the program at once.
 * @typedef {object} Sink
 * @property {(status: number, headers: [string, string][]) => void} head
 * @property {(bytes: Uint8Array) => boolean} body false where nobody takes it any more
 * @property {(broken: boolean) => void} end broken: the connection is to break after what was sent
 * @property {() => void} crash the program has died before the answer was complete
 */

/**
 * @typedef {object} Program
 * @property {(request: Request, sink: Sink) => () => void} serve what it returns tells the program that nobody waits any more
 * @property {() => SandboxError | undefined} death why it answers nothing more
 * @property {() => void} stop ends it, without a word to the sinks
 */

/**
 * What is used here of Go's runtime glue, some of it beyond what dist/go.d.ts declares.
 * @typedef {object} Runtime
 * @property {object} importObject
 * @property {boolean} [exited] true once the program has ended
 * @property {DataView} mem
 * @property {number} _nextCallbackTimeoutID
 * @property {Map<number, any>} _scheduledTimeouts
 * @property {() => void} _resume
 */

/** Milliseconds that never go back, and the timers above: a test may fake its own, and the vendors' delays go on. */
const elapsed = performance.now.bind(performance);

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

/** Seven megabytes of code: compiled when the first sandbox is made, and kept for the others. */
function compile() {
	compiled ??= load().catch((error) => {
		compiled = undefined;
		throw error;
	});
	return compiled;
}

async function load() {
	try {
		const packed = await readFile(new URL("../../dist/sandbox.wasm.br", import.meta.url));
		return await WebAssembly.compile(await promisify(brotliDecompress)(packed));
	} catch (cause) {
		throw new SandboxError(
			"not_found",
			"The package's dist/sandbox.wasm.br is missing or damaged: install the package again. In a bundle it is not " +
				"there: the sandbox is for programs that run in Node from the package itself.",
			{ cause },
		);
	}
}

/**
 * Starts a sandbox's program.
 * @param {object} settings as wasm/sandbox reads them
 * @param {() => number} now the vendors' time of day in milliseconds, where the settings say so
 * @returns {Promise<Program>} rejected with a SandboxError: `invalid_option`, `not_found` or `crashed`
 */
export async function startProgram(settings, now) {
	const module = await compile();
	const go = /** @type {import("../../dist/go.js").Go & Runtime} */ (createGo());
	/** The answers that are not complete. @type {Map<number, Sink>} */
	const sinks = new Map();
	/** @type {SandboxError | undefined} */
	let death;
	/** @type {SandboxError | undefined} */
	let refusal;
	let requests = 0;

	/** @type {WebAssembly.Memory} */
	let memory;
	const bytesAt = (/** @type {number} */ at, /** @type {number} */ n) => new Uint8Array(memory.buffer, at >>> 0, n >>> 0);
	const host = {
		/** @type {(id: number, at: number, n: number) => void} */
		head(id, at, n) {
			const [status, ...lines] = Buffer.from(bytesAt(at, n)).toString("latin1").split("\n");
			/** @type {[string, string][]} */
			const headers = [];
			for (let i = 0; i + 1 < lines.length; i += 2) {
				headers.push([/** @type {string} */ (lines[i]), /** @type {string} */ (lines[i + 1])]);
			}
			sinks.get(id)?.head(Number(status), headers);
		},
		/** @type {(id: number, at: number, n: number) => number} */
		body: (id, at, n) => (sinks.get(id)?.body(bytesAt(at, n).slice()) ? 1 : 0),
		/** @type {(id: number, broken: number) => void} */
		end(id, broken) {
			const sink = sinks.get(id);
			sinks.delete(id);
			sink?.end(broken !== 0);
		},
		/** @type {(at: number, n: number) => void} */
		refused(at, n) {
			const { option, reason } = JSON.parse(Buffer.from(bytesAt(at, n)).toString());
			refusal = invalidOption(option, reason);
		},
		now,
	};
	letGoSleep(go, (resume) => enter(resume));
	const wasm = await WebAssembly.instantiate(module, { .../** @type {any} */ (go.importObject), sandbox: host });
	memory = /** @type {WebAssembly.Memory} */ (wasm.exports["mem"]);
	const exports = /** @type {Record<string, (...args: number[]) => number>} */ (wasm.exports);

	/**
	 * Everything that runs Go comes through here: a panic ends the program without an exception, a trap with one.
	 * @param {() => void} work
	 */
	function enter(work) {
		if (death) {
			return;
		}
		let cause;
		try {
			work();
		} catch (error) {
			cause = error;
		}
		if (cause !== undefined || go.exited) {
			stop(new SandboxError("crashed", "The sandbox's program has died. Make another sandbox, and please report it.", { cause }));
		}
	}

	/** @param {SandboxError} why */
	function stop(why) {
		death ??= why;
		for (const timer of go._scheduledTimeouts.values()) {
			clearTimeout(timer);
		}
		const left = [...sinks.values()];
		sinks.clear();
		if (why.code === "crashed") {
			left.forEach((sink) => sink.crash());
		}
	}

	/** @param {Uint8Array[]} parts */
	function write(...parts) {
		const n = parts.reduce((sum, { length }) => sum + length, 0);
		let at = exports["input"]?.(n) ?? 0;
		for (const part of parts) {
			bytesAt(at, part.length).set(part);
			at += part.length;
		}
	}

	// Its promise settles when main is over, which is the program's death. enter finds that out by itself.
	go.run(wasm).catch(() => {});
	enter(() => {
		const text = Buffer.from(JSON.stringify(settings));
		write(text);
		exports["create"]?.(text.length);
	});
	if (refusal) {
		stop(refusal);
	}
	if (death) {
		throw death;
	}

	return {
		serve({ method, target, headers, body, broken = false }, sink) {
			const id = ++requests;
			if (death) {
				sink.crash();
				return () => {};
			}
			sinks.set(id, sink);
			const head = Buffer.from([method, target, ...headers].join("\n"), "latin1");
			enter(() => {
				write(head, body);
				exports["serve"]?.(id, head.length, body.length, broken ? 1 : 0);
				go._resume();
			});
			return () => {
				if (sinks.has(id)) {
					enter(() => {
						exports["gone"]?.(id);
						go._resume();
					});
				}
			};
		},
		death: () => death,
		stop: () => stop(new SandboxError("closed", "The sandbox is closed. Make another with createSandbox.")),
	};
}

/**
 * Gives Go back the timers that the package's runtime glue keeps from it, and their clock: a fault that delays an answer sleeps.
 * What is done is what wasm_exec.js does itself.
 * @param {Runtime} go
 * @param {(resume: () => void) => void} enter
 */
function letGoSleep(go, enter) {
	const { gojs } = /** @type {{ gojs: Record<string, (sp: number) => void> }} */ (/** @type {unknown} */ (go.importObject));
	gojs["runtime.nanotime1"] = (sp) => go.mem.setBigInt64((sp >>> 0) + 8, BigInt(Math.trunc(elapsed() * 1e6)), true);
	gojs["runtime.scheduleTimeoutEvent"] = (sp) => {
		sp >>>= 0;
		const ms = go.mem.getUint32(sp + 8, true) + go.mem.getInt32(sp + 12, true) * 2 ** 32;
		const id = go._nextCallbackTimeoutID++;
		const wake = () =>
			enter(() => {
				do {
					go._resume();
				} while (!go.exited && go._scheduledTimeouts.has(id)); // https://github.com/golang/go/issues/28975
			});
		go._scheduledTimeouts.set(id, setTimeout(wake, ms));
		go.mem.setInt32(sp + 16, id, true);
	};
	gojs["runtime.clearTimeoutEvent"] = (sp) => {
		const id = go.mem.getInt32((sp >>> 0) + 8, true);
		clearTimeout(go._scheduledTimeouts.get(id));
		go._scheduledTimeouts.delete(id);
	};
}
