// Joins the data segments of a module that the Go linker has written.
//
// The linker leaves out every run of eight zeros and begins a new segment after it. Go's tables are nearly empty, so that
// makes 45,000 to 100,000 segments, and no engine takes more than 100,000. A segment's head says where it goes, which no
// compressor can guess, and zeros cost next to nothing: with the short gaps filled the file is a sixth longer, and a tenth
// smaller by brotli. What the program finds in its memory is the same.
//
// This tool knows what the linker writes and nothing else. Where a gap could mean something, it refuses.
import { readSegments, section, sections, u32, writeSegments } from "./wasm.js";

/** A gap of so many bytes stays one. Of 64 to 65,536 this is the best by brotli, though by little. */
export const wide = 256;

/** @typedef {import("./wasm.js").Segment} Segment */

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
		const joined = writeSegments(joinedUp(readSegments(content)));
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

/** @param {import("./wasm.js").Reader} content of the import section: an imported memory is another's, and may hold anything */
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
