// Takes out of a module that the Go linker has written what only stack traces are made of: the numbers of source lines, and the
// names of functions.
//
// Go knows for each instruction which line of which file it was made of, and of which function, also in a program that is stripped
// of all symbols: a stack trace prints it. No trace of these programs is printed, as it may quote a token (tools/build/glue.js), and
// both compress badly: an eighth of what a page downloads. Everything else in the table is what the runtime works with: where frames
// and pointers are, who defers. That stays as it is.
//
// What is taken becomes zeros, so that nothing moves. A function without a table of lines is known to the runtime, which then
// says "?:0". Of a name stays what the runtime decides by.
//
// The layout is that of Go 1.20 and later, internal on Go's side (runtime/symtab.go: pcHeader, functab; runtime/runtime2.go:
// _func). Hence all is checked that can be: each table must begin where a function says and end where the next one begins, up
// to the last byte. Where Go changes the layout this tool refuses.
import { changed, memoryOf, Reader, readSegments, section, writeSegments } from "./wasm.js";

/** The beginning of the header: Go's mark for this layout, two zeros, instructions of at least 1 byte, pointers of 8. */
const mark = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);

// Of a function, in bytes from where its record begins. Behind the last stand npcdata and nfuncdata further numbers.
const record = { entry: 0, name: 4, sp: 16, file: 20, line: 24, npcdata: 28, unit: 32, startLine: 36, nfuncdata: 43, length: 44 };

/**
 * @param {Uint8Array} wasm a module whose data segments are joined
 * @returns {Buffer} the same program, which does not know its lines and names
 * @throws {Error} where its table of functions is not such as this tool knows
 */
export function withoutTraces(wasm) {
	return changed(wasm, {
		[section.data]: (content) => {
			const segments = readSegments(content);
			const memory = memoryOf(segments);
			clear(memory.subarray(headerIn(memory)));
			// What lies between the segments was zeros, and nothing but zeros has been written.
			return writeSegments(segments.map(({ at, bytes }) => ({ at, bytes: memory.subarray(at, at + bytes.length) })));
		},
	});
}

/**
 * @param {Buffer} memory as the program finds it
 * @returns {number} where the header of the table is
 */
function headerIn(memory) {
	const found = [];
	for (let at = memory.indexOf(mark); at >= 0; at = memory.indexOf(mark, at + 1)) {
		// The names come first, right behind the header. Its mark alone may stand in anybody's data.
		if (at % 8 === 0 && at + header.length <= memory.length && memory.readBigUInt64LE(at + header.names) === BigInt(header.length)) {
			found.push(at);
		}
	}
	if (found.length !== 1) {
		throw new Error(
			`this module has ${found.length} tables of functions in the layout of Go 1.20: see what is new in Go's runtime/symtab.go`,
		);
	}
	return /** @type {number} */ (found[0]);
}

// Of the header: how many functions there are, and where its parts begin, each of which ends where the next one begins.
const header = { functions: 8, names: 32, units: 40, files: 48, tables: 56, records: 64, length: 72 };

/** @param {Buffer} table from its header on */
function clear(table) {
	/** @param {number} at */
	const place = (at) => Number(table.readBigUInt64LE(at));
	const [functions, units, files] = [place(header.functions), place(header.units), place(header.files)];
	const [tables, records] = [place(header.tables), place(header.records)];
	check(functions > 0 && header.length < units && units <= files && files <= tables && tables < records && records < table.length);

	const index = new DataView(table.buffer, table.byteOffset + records, table.length - records);
	const names = new Names(table.subarray(header.length, units));
	const [ofLines, others] = [new Set(), new Set()];
	let next = 8 * functions + 4; // behind pairs of entry and place, and the end of the last entry
	for (let i = 0; i < functions; i++) {
		const at = index.getUint32(8 * i + 4, true);
		// Records follow each other, some after four bytes that align them.
		check(at === next || at === next + 4);
		check(index.getUint32(8 * i, true) === index.getUint32(at + record.entry, true));
		const [npcdata, nfuncdata] = [index.getUint32(at + record.npcdata, true), index.getUint8(at + record.nfuncdata)];
		next = at + record.length + 4 * (npcdata + nfuncdata);
		for (let n = 0; n < npcdata; n++) {
			others.add(index.getUint32(at + record.length + 4 * n, true));
		}
		others.add(index.getUint32(at + record.sp, true));
		for (const field of [record.file, record.line]) {
			ofLines.add(index.getUint32(at + field, true));
		}
		for (const field of [record.file, record.line, record.unit, record.startLine]) {
			index.setUint32(at + field, 0, true);
		}
		index.setUint32(at + record.name, names.shortened(index.getUint32(at + record.name, true)), true);
	}
	// Equal tables are one. Where a table of lines is also another, it stays.
	const content = table.subarray(tables, records);
	const starts = [...new Set([...ofLines, ...others])].filter((at) => at !== 0).sort((a, b) => a - b); // 0 is none
	let end = 1; // the first byte belongs to none
	for (const start of starts) {
		check(start === end);
		end = endOf(content, start);
		if (!others.has(start)) {
			content.fill(0, start, end);
		}
	}
	check(content.subarray(end).every((byte) => byte === 0));
	table.fill(0, units, tables); // the names of the files, and which of them belong to which package
	names.write();
}

/**
 * The names of functions, which are made short. By a name the runtime decides whether a function is one of its own, and how it finds
 * the arguments of two of reflect's; and where a value's method is called by a nil pointer, it takes the wrapper's name apart, and
 * would end the program instead of panicking if it could not.
 */
class Names {
	/** @type {Map<string, number>} */
	#places = new Map();
	#length = 1; // 0 is no name

	/** @param {Buffer} content all names, each with a zero behind it */
	constructor(content) {
		this.content = content;
	}

	/**
	 * @param {number} at where a name begins
	 * @returns {number} where the short one will
	 */
	shortened(at) {
		const end = this.content.indexOf(0, at);
		check(end > at && (at === 0 || this.content[at - 1] === 0));
		const short = shortOf(this.content.toString("latin1", at, end));
		let place = this.#places.get(short);
		if (place === undefined) {
			this.#places.set(short, (place = this.#length));
			this.#length += short.length + 1;
		}
		return place;
	}

	write() {
		this.content.fill(0);
		for (const [name, place] of this.#places) {
			this.content.write(name, place, "latin1");
		}
	}
}

const reflects = ["reflect.makeFuncStub", "reflect.methodValueCall"];

/** @param {string} name */
function shortOf(name) {
	if (reflects.includes(name)) {
		return name;
	}
	const owner = name.startsWith("runtime.") ? "runtime" : "?";
	return /^[^(]*\.\(\*[^)]*\)\./.test(name) ? `${owner}.(*?).?` : `${owner}.?`;
}

/**
 * A table is pairs of numbers, what the value changes by and after how many instructions, up to a change of 0. Only the first
 * may be that and go on.
 * @param {Buffer} content
 * @param {number} start
 */
function endOf(content, start) {
	const numbers = new Reader(content);
	numbers.position = start;
	for (let first = true; numbers.u32() !== 0 || first; first = false) {
		numbers.u32();
	}
	return numbers.position;
}

/** @param {boolean} fits */
function check(fits) {
	if (!fits) {
		throw new Error("this module's table of functions does not fit together: see what is new in Go's runtime/symtab.go");
	}
}
