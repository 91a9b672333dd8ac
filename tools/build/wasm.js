// The binary format of WebAssembly, as far as the build takes modules apart: sections, and the data segments that the Go
// linker writes.

export const section = { custom: 0, import: 2, function: 3, memory: 5, global: 6, export: 7, code: 10, data: 11, dataCount: 12 };

/** @typedef {{ at: number, bytes: Uint8Array }} Segment bytes, and where in memory they go */

/** @param {Uint8Array} wasm */
export function* sections(wasm) {
	const all = new Reader(wasm.subarray(8));
	while (!all.atEnd()) {
		const from = all.position;
		const id = all.byte();
		const content = new Reader(all.take(all.u32()));
		yield { id, content, whole: wasm.subarray(8 + from, 8 + all.position) };
	}
}

/**
 * A module that differs from another in some sections.
 * @param {Uint8Array} wasm
 * @param {Readonly<Record<number, (content: Reader) => Uint8Array>>} change by the section's id: its new content
 */
export function changed(wasm, change) {
	/** @type {Uint8Array[]} */
	const parts = [wasm.subarray(0, 8)];
	for (const { id, whole, content } of sections(wasm)) {
		const written = change[id]?.(content);
		parts.push(...(written ? [Buffer.from([id]), u32(written.length), written] : [whole]));
	}
	return Buffer.concat(parts);
}

/**
 * What all active segments together put into memory.
 * @param {readonly Segment[]} segments
 */
export function memoryOf(segments) {
	const memory = Buffer.alloc(segments.reduce((end, { at, bytes }) => Math.max(end, at + bytes.length), 0));
	for (const { at, bytes } of segments) {
		memory.set(bytes, at);
	}
	return memory;
}

/**
 * @param {Reader} content of the data section
 * @returns {Segment[]}
 */
export function readSegments(content) {
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
 * @param {Segment[]} segments
 * @returns {Uint8Array} the content of a data section
 */
export function writeSegments(segments) {
	return Buffer.concat([
		u32(segments.length),
		...segments.flatMap(({ at, bytes }) => [Buffer.from([0, 0x41]), signed(BigInt(at)), Buffer.from([0x0b]), u32(bytes.length), bytes]),
	]);
}

/** What the format is made of, read one after the other. */
export class Reader {
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

	/** All that is left. */
	rest() {
		return this.take(this.bytes.length - this.position);
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
export function u32(n) {
	const bytes = [];
	for (; n > 0x7f; n >>>= 7) {
		bytes.push((n & 0x7f) | 0x80);
	}
	return Buffer.from([...bytes, n]);
}

/** @param {bigint} n of up to 64 bits: the seventh bit of the last byte is the sign */
export function signed(n) {
	const bytes = [];
	for (; n < -0x40n || n > 0x3fn; n >>= 7n) {
		bytes.push(Number(n & 0x7fn) | 0x80);
	}
	return Buffer.from([...bytes, Number(n & 0x7fn)]);
}
