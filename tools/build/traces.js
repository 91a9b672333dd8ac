// Takes out of a module that the Go linker has written what only stack traces are made of: the numbers of source lines, the names of
// functions, which of them were compiled into which, and how their arguments lie. And where a function must not be interrupted by a
// signal: there are none in WebAssembly.
//
// Go knows for each instruction which line of which file it was made of, and of which function, also in a program that is stripped
// of all symbols: a stack trace prints it. No trace of these programs is printed, as it may quote a token (tools/build/glue.js), and
// all that compresses badly: a fifth of what a page would download. Everything else in the table is what the runtime works with:
// where frames and pointers are, who defers. That stays as it is.
//
// What is taken becomes zeros, so that nothing moves. A function without a table of lines is known to the runtime, which then
// says "?:0", and so is one into which no other was compiled. Of a name stays what the runtime decides by. And of the functions that
// it treats in their own way stays what was compiled into them: of a wrapper, which the compiler has written, recover does not count
// the frame, but that of a method inside it.
//
// The layout is that of Go 1.20 and later, internal on Go's side (runtime/symtab.go: pcHeader, functab, moduledata;
// runtime/runtime2.go: _func; internal/abi/symtab.go). Hence all is checked that can be: each table must begin where a function says and
// end where the next one begins, up to the last byte. Where Go changes the layout this tool refuses.
import { changed, memoryOf, Reader, readSegments, section, writeSegments } from "./wasm.js";

/** The beginning of the header: Go's mark for this layout, two zeros, instructions of at least 1 byte, pointers of 8. */
const mark = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);

// Of a function, in bytes from where its record begins. Behind the last stand npcdata and nfuncdata further numbers.
const record = { entry: 0, name: 4, sp: 16, file: 20, line: 24, npcdata: 28, unit: 32, startLine: 36, kind: 40, nfuncdata: 43, length: 44 };

/** The further numbers that are of use to traces, and to signals: each kind has its own place among them. 0 is no table, and this no data. */
const pcdata = { unsafePoint: 0, inlined: 2 };
const funcdata = { inlined: 3, arguments: 5 };
const none = 0xffffffff;

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
			const at = headerIn(memory);
			clear(memory.subarray(at), dataIn(memory, at));
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

/**
 * @param {Buffer} memory
 * @param {number} at where the header is
 * @returns {Buffer} what the numbers of functions' data count from
 */
function dataIn(memory, at) {
	const pointers = Buffer.alloc(16);
	pointers.writeBigUInt64LE(BigInt(at));
	pointers.writeBigUInt64LE(BigInt(at + header.length), 8);
	const from = memory.indexOf(pointers);
	check(from >= 0 && memory.indexOf(pointers, from + 1) < 0);
	/** @param {number} field */
	const pointer = (field) => Number(memory.readBigUInt64LE(from + field));
	for (const part of /** @type {const} */ (["units", "files", "tables", "records"])) {
		check(pointer(program[part]) === at + Number(memory.readBigUInt64LE(at + header[part])));
	}
	const [data, end] = [pointer(program.data), pointer(program.end)];
	check(pointer(program.functions) === pointer(program.records) && data > 0 && end > pointer(program.records) && end <= memory.length);
	return memory.subarray(data);
}

// Of what the runtime knows of the program: where the parts of the table are once more, where functions' data are, and where the table ends.
const program = { units: 32, files: 56, tables: 80, records: 104, functions: 128, data: 320, end: 328 };

/**
 * @param {Buffer} table from its header on
 * @param {Buffer} data of functions
 */
function clear(table, data) {
	/** @param {number} at */
	const place = (at) => Number(table.readBigUInt64LE(at));
	const [functions, units, files] = [place(header.functions), place(header.units), place(header.files)];
	const [tables, records] = [place(header.tables), place(header.records)];
	check(functions > 0 && header.length < units && units <= files && files <= tables && tables < records && records < table.length);

	const index = new DataView(table.buffer, table.byteOffset + records, table.length - records);
	const names = new Names(table.subarray(header.length, units));
	const content = table.subarray(tables, records);
	const [dropped, kept] = [new Set(), new Set()];
	/** What goes of the data, with its length; and what stays. */
	const [gone, used] = [/** @type {Map<number, number>} */ (new Map()), new Set()];
	let next = 8 * functions + 4; // behind pairs of entry and place, and the end of the last entry
	for (let i = 0; i < functions; i++) {
		const at = index.getUint32(8 * i + 4, true);
		// Records follow each other, some after four bytes that align them.
		check(at === next || at === next + 4);
		check(index.getUint32(8 * i, true) === index.getUint32(at + record.entry, true));
		const [npcdata, nfuncdata] = [index.getUint32(at + record.npcdata, true), index.getUint8(at + record.nfuncdata)];
		const [more, last] = [at + record.length, at + record.length + 4 * npcdata];
		next = last + 4 * nfuncdata;
		/** @param {number} n */
		const tableAt = (n) => (n < npcdata ? index.getUint32(more + 4 * n, true) : 0);
		const ordinary = index.getUint8(at + record.kind) === 0;
		const inlined = tableAt(pcdata.inlined);
		for (let n = 0; n < nfuncdata; n++) {
			const where = index.getUint32(last + 4 * n, true);
			if (where === none) {
				continue;
			}
			if (n === funcdata.inlined) {
				const calls = new Calls(data.subarray(where), inlined === 0 ? 0 : 1 + tableOf(content, inlined).greatest);
				ordinary ? gone.set(where, calls.length) : used.has(where) || calls.rename(names);
			} else if (n === funcdata.arguments) {
				gone.set(where, lengthOfArguments(data.subarray(where)));
			}
			if ((n === funcdata.inlined && ordinary) || n === funcdata.arguments) {
				index.setUint32(last + 4 * n, none, true);
			} else {
				used.add(where);
			}
		}
		for (let n = 0; n < npcdata; n++) {
			if (n === pcdata.unsafePoint || (n === pcdata.inlined && ordinary)) {
				dropped.add(tableAt(n));
				index.setUint32(more + 4 * n, 0, true);
			} else {
				kept.add(tableAt(n));
			}
		}
		kept.add(index.getUint32(at + record.sp, true));
		for (const field of [record.file, record.line]) {
			dropped.add(index.getUint32(at + field, true));
		}
		for (const field of [record.file, record.line, record.unit, record.startLine]) {
			index.setUint32(at + field, 0, true);
		}
		index.setUint32(at + record.name, names.shortened(index.getUint32(at + record.name, true)), true);
	}
	// Equal tables are one. Where one that goes is also another, it stays.
	const starts = [...new Set([...dropped, ...kept])].filter((at) => at !== 0).sort((a, b) => a - b); // 0 is none
	let end = 1; // the first byte belongs to none
	for (const start of starts) {
		check(start === end);
		({ end } = tableOf(content, start));
		if (!kept.has(start)) {
			content.fill(0, start, end);
		}
	}
	check(content.subarray(end).every((byte) => byte === 0));
	table.fill(0, units, tables); // the names of the files, and which of them belong to which package
	names.write();
	// Data too.
	const places = [...new Set([...gone.keys(), ...used])].sort((a, b) => a - b);
	for (const [i, place] of places.entries()) {
		const length = gone.get(place);
		check(length === undefined || place + length <= (places[i + 1] ?? Infinity));
		if (length !== undefined && !used.has(place)) {
			data.fill(0, place, place + length);
		}
	}
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

/** The calls that were compiled into a function: which functions they were of, and what each is inside of. */
class Calls {
	/**
	 * @param {Buffer} data from their place on
	 * @param {number} count
	 */
	constructor(data, count) {
		this.length = call.length * count;
		check(this.length <= data.length);
		this.data = data.subarray(0, this.length);
		for (let at = 0; at < this.length; at += call.length) {
			check(this.data.readUIntLE(at + call.kind + 1, 3) === 0);
		}
	}

	/** @param {Names} names */
	rename(names) {
		for (let at = 0; at < this.length; at += call.length) {
			this.data.writeUInt32LE(names.shortened(this.data.readUInt32LE(at + call.name)), at + call.name);
			this.data.writeUInt32LE(0, at + call.startLine);
		}
	}
}

/** Of such a call, runtime/symtabinl.go. */
const call = { kind: 0, name: 4, startLine: 12, length: 16 };

/**
 * How arguments lie, each as its place and its size, with marks among them of which the last is the end.
 * @param {Buffer} data from its place on
 */
function lengthOfArguments(data) {
	let at = 0;
	for (; data[at] !== 0xff; at++) {
		check(at < data.length);
		at += Number(/** @type {number} */ (data[at]) < 0xf0); // no mark
	}
	return at + 1;
}

/**
 * A table is pairs of numbers, what the value changes by and after how many instructions, up to a change of 0. Only the first
 * may be that and go on.
 * @param {Buffer} content
 * @param {number} start
 * @returns {{ end: number, greatest: number }} where it ends, and the greatest value in it
 */
function tableOf(content, start) {
	const numbers = new Reader(content);
	numbers.position = start;
	let [value, greatest] = [-1, -1];
	for (let first = true; ; first = false) {
		const change = numbers.u32();
		if (change === 0 && !first) {
			return { end: numbers.position, greatest };
		}
		value += change & 1 ? ~(change >>> 1) : change >>> 1;
		greatest = Math.max(greatest, value);
		numbers.u32();
	}
}

/** @param {boolean} fits */
function check(fits) {
	if (!fits) {
		throw new Error("this module's table of functions does not fit together: see what is new in Go's runtime/symtab.go");
	}
}
