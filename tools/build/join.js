// Joins the data segments of a module that the Go linker has written:
//
//	node tools/build/join.js dist/linked/console.wasm dist/console.wasm
//
// The linker leaves out every run of eight zeros and begins a new segment after it. Go's tables are nearly empty, so that
// makes 45,000 to 100,000 segments, and no engine takes more than 100,000. A segment's head says where it goes, which no
// compressor can guess, and zeros cost next to nothing: with the short gaps filled the file is a sixth longer, and a tenth
// smaller by brotli. What the program finds in its memory is the same.
//
// This tool knows what the linker writes and nothing else. Where a gap could mean something, it refuses.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A gap of so many bytes stays one. Of 64 to 65,536 this is the best by brotli, though by little. */
const wide = 256;

const section = { custom: 0, import: 2, memory: 5, data: 11, dataCount: 12 };

/** @typedef {{ at: number, bytes: Uint8Array }} Segment bytes, and where in memory they go */

/**
 * @param {Uint8Array} wasm
 * @returns {Buffer} the same program with fewer data segments
 * @throws {Error} where it is not such as the Go linker writes
 */
export function join(wasm) {
	const parts = [wasm.subarray(0, 8)];
	let own = false;
	for (const { id, whole, content } of sections(wasm)) {
		if (id === section.import) {
			onlyFunctions(content);
		} else if (id === section.memory) {
			own = content.u32() === 1;
		} else if (id === section.dataCount) {
			// Only a program that names its segments by number has one, and their numbers would change.
			throw new Error("this module has a data count section, which the Go linker does not write");
		}
		if (id !== section.data) {
			parts.push(whole);
			continue;
		}
		// A memory of its own begins as zeros, so that a gap may be filled with them.
		if (!own) {
			throw new Error("this module does not have exactly one memory of its own");
		}
		const joined = write(joinedUp(read(content)));
		parts.push(Buffer.from([section.data]), u32(joined.length), joined);
	}
	const joined = Buffer.concat(parts);
	for (const [what, bytes] of [
		["what was given", wasm],
		["what was made of it", joined],
	]) {
		if (!WebAssembly.validate(/** @type {BufferSource} */ (bytes))) {
			throw new Error(`${what} is no valid WebAssembly module`);
		}
	}
	return joined;
}

/** @param {Uint8Array} wasm */
function* sections(wasm) {
	const all = new Reader(wasm.subarray(8));
	while (!all.atEnd()) {
		const from = all.position;
		const id = all.byte();
		const content = new Reader(all.take(all.u32()));
		yield { id, content, whole: wasm.subarray(8 + from, 8 + all.position) };
	}
}

/** @param {Reader} content of the import section: an imported memory is another's, and may hold anything */
function onlyFunctions(content) {
	for (let left = content.u32(); left > 0; left--) {
		content.take(content.u32()); // the module's name
		content.take(content.u32()); // and its own
		if (content.byte() !== 0) {
			throw new Error("this module imports something that is no function");
		}
		content.u32(); // its type
	}
}

/**
 * @param {Reader} content of the data section
 * @returns {Segment[]}
 */
function read(content) {
	const segments = [];
	for (let left = content.u32(); left > 0; left--) {
		if (content.byte() !== 0) {
			throw new Error("a data segment is not an active one of the first memory");
		}
		if (content.byte() !== 0x41) {
			throw new Error("a data segment's place is not an i32.const");
		}
		const at = content.s32();
		if (content.byte() !== 0x0b) {
			throw new Error("a data segment's place is more than an i32.const");
		}
		if (at < 0) {
			throw new Error("a data segment is in the upper half of memory");
		}
		segments.push({ at, bytes: content.take(content.u32()) });
	}
	return segments;
}

/**
 * @param {Segment[]} segments in any order: the linker puts one of Go's tables behind another that is further up
 * @returns {Segment[]} the same bytes at the same places, and zeros between those that are close
 */
function joinedUp(segments) {
	/** @type {{ at: number, end: number, segments: Segment[] }[]} */
	const groups = [];
	for (const segment of segments.toSorted((a, b) => a.at - b.at || a.bytes.length - b.bytes.length)) {
		// empty ones overlap nothing
		let group = groups.at(-1);
		if (group && segment.at < group.end) {
			throw new Error("two data segments overlap, and their order would count");
		}
		if (!group || segment.at - group.end >= wide) {
			groups.push((group = { at: segment.at, end: 0, segments: [] }));
		}
		group.segments.push(segment);
		group.end = segment.at + segment.bytes.length;
	}
	return groups.map(({ at, end, segments }) => {
		const bytes = new Uint8Array(end - at);
		for (const segment of segments) {
			bytes.set(segment.bytes, segment.at - at);
		}
		return { at, bytes };
	});
}

/**
 * @param {Segment[]} segments
 * @returns {Uint8Array} the content of a data section
 */
function write(segments) {
	return Buffer.concat([
		u32(segments.length),
		...segments.flatMap(({ at, bytes }) => [Buffer.from([0, 0x41]), s32(at), Buffer.from([0x0b]), u32(bytes.length), bytes]),
	]);
}

/** What the format is made of, read one after the other. */
class Reader {
	/** @param {Uint8Array} bytes */
	constructor(bytes) {
		this.bytes = bytes;
		this.position = 0;
	}

	atEnd() {
		return this.position === this.bytes.length;
	}

	byte() {
		return /** @type {number} */ (this.take(1)[0]);
	}

	/** @param {number} length */
	take(length) {
		if (length > this.bytes.length - this.position) {
			throw new Error("this module is cut off");
		}
		return this.bytes.subarray(this.position, (this.position += length));
	}

	/** LEB128: seven bits in each byte, the lowest first, as long as the eighth is set. */
	#number() {
		let [number, bits] = [0, 0];
		let byte;
		do {
			byte = this.byte();
			number |= (byte & 0x7f) << bits;
			bits += 7;
		} while (byte & 0x80);
		return { number, bits, negative: (byte & 0x40) !== 0 };
	}

	u32() {
		return this.#number().number >>> 0;
	}

	s32() {
		const { number, bits, negative } = this.#number();
		return negative && bits < 32 ? number | (-1 << bits) : number;
	}
}

/** @param {number} n */
function u32(n) {
	const bytes = [];
	for (; n > 0x7f; n >>>= 7) {
		bytes.push((n & 0x7f) | 0x80);
	}
	return Buffer.from([...bytes, n]);
}

/** @param {number} n not negative: the seventh bit of the last byte would be the sign */
function s32(n) {
	const bytes = [];
	for (; n > 0x3f; n >>>= 7) {
		bytes.push((n & 0x7f) | 0x80);
	}
	return Buffer.from([...bytes, n]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [input, output] = process.argv.slice(2);
	if (!input || !output) {
		throw new Error("usage: node tools/build/join.js linked.wasm joined.wasm");
	}
	await writeFile(output, join(await readFile(input)));
}
