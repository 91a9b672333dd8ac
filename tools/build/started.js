// Starts a program at build time, and makes a module of how it is then:
//
//	node tools/build/started.js dist/.light.wasm dist/.unstamped.wasm
//
// To start, Go's runtime runs some 500 functions, once. An engine compiles each of them for that, which is most of what a start
// takes. All that comes of it lies in the program's memory and globals, as WebAssembly keeps nothing anywhere else. So that is what
// ships: a module whose memory and globals are from the outset as they were when main had gone as far as it goes. Its `run` has
// nothing left to do.
//
// What a program learns while it starts would be true at the build alone. Go's runtime reads its clock, which may go on from any
// number, and asks once for random bytes. It makes its own numbers of them, which are thereby the same for everybody: a program in
// which they must not be guessed has no business here. The core gets its numbers from the host. Where a program does more than
// that at its start, it is refused.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { wide } from "./join.js";
import { rehearse } from "./rehearsal.js";
import { changed, section, sections, signed, u32, writeSegments } from "./wasm.js";

/**
 * The runtime's settings, which it reads once. Linear memory never shrinks, so it is worth collecting garbage before the heap has
 * grown by more than a fifth of what lives: by Go's default it doubles. https://go.dev/doc/gc-guide#GOGC
 */
const environment = ["GOGC=20"];

/** @typedef {{ name: Uint8Array, kind: number, index: number }} Exported */

const kinds = { function: 0, global: 3 };

/**
 * @param {Uint8Array} wasm a program whose data segments are joined
 * @param {(instance: WebAssembly.Instance) => void} [rehearse] what it is led through then
 * @returns {Buffer} the same program, which has started
 * @throws {Error} where it does more at its start than to begin, or is not such as the Go linker writes
 */
export function started(wasm, rehearse = () => {}) {
	const contents = new Map([...sections(wasm)].map(({ id, content }) => [id, content]));
	/** @param {number} id @param {string} name */
	function contentOf(id, name) {
		const content = contents.get(id);
		if (!content) {
			throw new Error(`this module has no ${name} section`);
		}
		return content;
	}
	const exported = readExports(contentOf(section.export, "export"));
	const types = readGlobals(contentOf(section.global, "global"));
	const { memory, globals } = start(
		changed(wasm, {
			[section.export]: () =>
				writeExports([...exported, ...types.map((_, index) => ({ name: Buffer.from(seen(index)), kind: kinds.global, index }))]),
		}),
		types.length,
		rehearse,
	);

	const imports = contentOf(section.import, "import").u32(); // all are functions, which join.js has looked at
	const functions = readNumbers(contentOf(section.function, "function"));
	const run = exported.find(({ name }) => Buffer.from(name).toString() === "run");
	const ofRun = run && functions[run.index - imports];
	if (ofRun === undefined) {
		throw new Error("this module has no function run");
	}
	const idle = imports + functions.length; // behind all others, so that none gets another number
	const result = changed(wasm, {
		[section.function]: () => writeNumbers([...functions, ofRun]),
		[section.memory]: (content) => withPages(content, memory.length / 65_536),
		[section.global]: () => writeGlobals(types, globals),
		[section.export]: () => writeExports(exported.map((one) => (one === run ? { ...run, index: idle } : one))),
		[section.code]: (content) => Buffer.concat([u32(content.u32() + 1), content.rest(), Buffer.from([2, 0, 0x0b])]), // no locals, the end
		[section.data]: () => writeSegments(filled(memory)),
	});
	if (!WebAssembly.validate(result)) {
		throw new Error("what was made of this module is none");
	}
	return result;
}

/** The name by which a global is seen here. @param {number} index */
const seen = (index) => `global ${index}`;

/**
 * Brings main as far as it goes.
 * @param {Uint8Array} wasm exports its globals
 * @param {number} count of them
 * @param {(instance: WebAssembly.Instance) => void} rehearse
 */
function start(wasm, count, rehearse) {
	/** @type {Map<string, number>} */
	const calls = new Map();
	/** @type {Record<string, (sp: number) => void>} arguments and results lie above the stack's pointer, as in wasm_exec.js */
	const allowed = {
		"runtime.nanotime1": (sp) => view().setBigInt64(sp + 8, 1n, true), // to the runtime 0 is a broken clock
		"runtime.getRandomData": (sp) => new Uint8Array(memory.buffer, view().getUint32(sp + 8, true), view().getUint32(sp + 16, true)).fill(1),
		"runtime.resetMemoryDataView": () => {},
	};
	const module = new WebAssembly.Module(/** @type {BufferSource} */ (wasm));
	/** @type {Record<string, () => void>} */
	const gojs = {};
	for (const { name } of WebAssembly.Module.imports(module)) {
		gojs[name] = (/** @type {number} */ sp = 0) => {
			calls.set(name, (calls.get(name) ?? 0) + 1);
			if (!allowed[name] || (name === "runtime.getRandomData" && calls.get(name) !== 1)) {
				throw new Error(`this program calls ${name} at its start, and would learn or do at the build what it should in each process`);
			}
			allowed[name](sp);
		};
	}
	const instance = new WebAssembly.Instance(module, { gojs });
	const { exports } = instance;
	const memory = /** @type {WebAssembly.Memory} */ (exports["mem"]);
	const view = () => new DataView(memory.buffer);
	/** @type {Function} */ (exports["run"])(1, putArguments(memory, ["js"], environment));
	rehearse(instance);
	return {
		memory: Buffer.from(memory.buffer),
		globals: Array.from({ length: count }, (_, index) => BigInt(/** @type {WebAssembly.Global} */ (exports[seen(index)]).value)),
	};
}

/**
 * Puts texts to where wasm_exec.js puts them, and two lists of their addresses behind them. The first text stays where the program
 * looks for its name.
 * @param {WebAssembly.Memory} memory
 * @param {...string[]} lists
 * @returns {number} where the lists are
 */
function putArguments(memory, ...lists) {
	let at = 4096;
	const addresses = lists.flatMap((texts) => [
		...texts.map((text) => {
			const [address, bytes] = [at, Buffer.from(text)];
			new Uint8Array(memory.buffer).set(bytes, address);
			at += 8 * Math.ceil((bytes.length + 1) / 8);
			return BigInt(address);
		}),
		0n, // ends the list
	]);
	new BigUint64Array(memory.buffer, at).set(addresses);
	return at;
}

/**
 * What is not zero, in segments that are joined.
 * @param {Buffer} memory
 */
function filled(memory) {
	const segments = [];
	const gap = Buffer.alloc(wide);
	for (let at = 0; ;) {
		while (at < memory.length && memory[at] === 0) {
			at++;
		}
		if (at === memory.length) {
			return segments;
		}
		const found = memory.indexOf(gap, at);
		const end = found < 0 ? memory.length : found;
		segments.push({ at, bytes: memory.subarray(at, end) });
		at = end;
	}
}

/** @param {import("./wasm.js").Reader} content */
function readNumbers(content) {
	return Array.from({ length: content.u32() }, () => content.u32());
}

/** @param {readonly number[]} numbers */
const writeNumbers = (numbers) => Buffer.concat([numbers.length, ...numbers].map(u32));

/**
 * @param {import("./wasm.js").Reader} content
 * @returns {Exported[]}
 */
function readExports(content) {
	return Array.from({ length: content.u32() }, () => ({ name: content.take(content.u32()), kind: content.byte(), index: content.u32() }));
}

/** @param {readonly Exported[]} list */
const writeExports = (list) =>
	Buffer.concat([u32(list.length), ...list.flatMap(({ name, kind, index }) => [u32(name.length), name, Buffer.from([kind]), u32(index)])]);

/** The types of numbers, and how a constant of each is written. */
const constants = new Map([
	[0x7f, 0x41], // i32
	[0x7e, 0x42], // i64
]);

/**
 * @param {import("./wasm.js").Reader} content
 * @returns {number[]} the globals' types
 */
function readGlobals(content) {
	return Array.from({ length: content.u32() }, () => {
		const [type, mutable, constant] = [content.byte(), content.byte(), content.byte()];
		content.s32(); // how it begins
		if (mutable !== 1 || constants.get(type) !== constant || content.byte() !== 0x0b) {
			throw new Error("a global is not such as the Go linker writes");
		}
		return type;
	});
}

/** @param {readonly number[]} types @param {readonly bigint[]} values */
const writeGlobals = (types, values) =>
	Buffer.concat([
		u32(types.length),
		...types.flatMap((type, i) => [
			Buffer.from([type, 1, /** @type {number} */ (constants.get(type))]),
			signed(/** @type {bigint} */ (values[i])),
			Buffer.from([0x0b]),
		]),
	]);

/** @param {import("./wasm.js").Reader} content of the memory section @param {number} pages */
function withPages(content, pages) {
	const head = [content.u32(), content.byte()]; // one memory, and whether it has a limit
	content.u32();
	return Buffer.concat([Buffer.from(head), u32(pages), content.rest()]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [input, output] = process.argv.slice(2);
	if (!input || !output) {
		throw new Error("usage: node tools/build/started.js light.wasm started.wasm");
	}
	await writeFile(output, started(await readFile(input), rehearse));
}
