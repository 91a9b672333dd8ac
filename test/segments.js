// WebAssembly modules of little more than data segments, made and taken apart by hand.

/** @param {number} n in LEB128 */
export function u32(n) {
	const bytes = [];
	for (; n > 0x7f; n = Math.floor(n / 128)) {
		bytes.push((n % 128) | 0x80);
	}
	return [...bytes, n];
}

/** A number that is not negative, as a signed one. @param {number} n */
const s32 = (n) => (u32(n).at(-1) & 0x40 ? [...u32(n).slice(0, -1), u32(n).at(-1) | 0x80, 0] : u32(n));

export const section = {
	type: 1,
	import: 2,
	function: 3,
	memory: 5,
	global: 6,
	export: 7,
	code: 10,
	data: 11,
	dataCount: 12,
	/** @param {number} id @param {number[]} content */
	of: (id, content) => [id, ...u32(content.length), ...content],
};

/** An active segment as the Go linker writes it. @param {number} at @param {number[]} bytes */
export const active = (at, bytes) => [0, 0x41, ...s32(at), 0x0b, ...u32(bytes.length), ...bytes];

/**
 * @param {number[][][]} data for each data section its segments
 * @param {{ pages?: number, memory?: number[], types?: number[], imports?: number[], functions?: number[], dataCount?: number[], code?: number[] }} [other] sections
 */
export function module(data, { pages = 1, memory = [1, 0, ...u32(pages)], types, imports = [], functions, dataCount, code } = {}) {
	const maybe = (id, content) => (content ? section.of(id, content) : []);
	return Buffer.from([
		0,
		0x61,
		0x73,
		0x6d,
		1,
		0,
		0,
		0,
		...maybe(section.type, types),
		...imports,
		...maybe(section.function, functions),
		...(memory.length > 0 ? section.of(section.memory, memory) : []),
		...(memory.length > 0 ? section.of(section.export, [1, 3, 0x6d, 0x65, 0x6d, 2, 0]) : []), // "mem"
		...maybe(section.dataCount, dataCount),
		...maybe(section.code, code),
		...data.flatMap((segments) => section.of(section.data, [...u32(segments.length), ...segments.flat()])),
	]);
}

/** @param {Uint8Array} wasm @param {number} at */
function number(wasm, at) {
	let [value, scale] = [0, 1];
	let byte;
	do {
		byte = wasm[at++];
		value += (byte % 128) * scale;
		scale *= 128;
	} while (byte & 0x80);
	return { value, next: at };
}

/**
 * The sections of a module.
 * @param {Uint8Array} wasm
 */
export function moduleOf(wasm) {
	const sections = [];
	for (let at = 8; at < wasm.length;) {
		const { value: length, next } = number(wasm, at + 1);
		sections.push({ id: wasm[at], content: wasm.subarray(next, next + length) });
		at = next + length;
	}
	return sections;
}

/** The active segments of a module. @param {Uint8Array} wasm @returns {{ at: number, bytes: number[] }[]} */
export function segmentsOf(wasm) {
	const content = moduleOf(wasm).find(({ id }) => id === section.data)?.content ?? [0];
	let { value: left, next } = number(content, 0);
	const segments = [];
	for (; left > 0; left--) {
		const place = number(content, next + 2); // past the kind and the i32.const
		const length = number(content, place.next + 1); // past the end of the expression
		next = length.next + length.value;
		segments.push({ at: place.value, bytes: [...content.subarray(length.next, next)] });
	}
	return segments;
}

/**
 * What a module's memory holds before anything has run.
 * @param {Uint8Array} wasm
 */
export async function memoryOf(wasm) {
	const compiled = await WebAssembly.compile(wasm);
	/** @type {Record<string, Record<string, () => void>>} */
	const imports = {};
	for (const { module, name } of WebAssembly.Module.imports(compiled)) {
		(imports[module] ??= {})[name] = () => {};
	}
	const { exports } = await WebAssembly.instantiate(compiled, imports);
	return Buffer.from(/** @type {WebAssembly.Memory} */ (exports.mem).buffer);
}
