// All text in a page's memory, for a search of what must not be there: the strings of JavaScript and of the document, from
// a snapshot of the heap, and the memories of its WebAssembly programs.

/** For `launchChromium`: strings come whole into a snapshot. Without it each is cut after 1,024 characters. */
export const wholeStrings = "--js-flags=--heap-snapshot-string-limit=100000000";

/**
 * The strings in a page's heap, joined by line ends. What is no longer in use is collected first.
 * @param {import("playwright-core").Page} page in Chromium
 * @returns {Promise<string>}
 */
export async function heapOf(page) {
	const session = await page.context().newCDPSession(page);
	/** @type {string[]} */
	const chunks = [];
	session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
	await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
	await session.detach();
	const snapshot = JSON.parse(chunks.join(""));
	return [...snapshot.strings, ...concatenated(snapshot)].join("\n");
}

/**
 * The strings that the heap holds in pieces, as what was added up and not read since is held.
 * @param {any} snapshot
 * @returns {string[]}
 */
function concatenated({ snapshot: { meta }, nodes, edges, strings }) {
	const { node_fields, node_types, edge_fields } = meta;
	const [nodeSize, edgeSize] = [node_fields.length, edge_fields.length];
	const at = (/** @type {string} */ name) => node_fields.indexOf(name);
	const [typeAt, nameAt, countAt] = [at("type"), at("name"), at("edge_count")];
	const concatenation = node_types[0].indexOf("concatenated string");
	const [edgeNameAt, targetAt] = [edge_fields.indexOf("name_or_index"), edge_fields.indexOf("to_node")];

	/** The halves of each concatenation, by the place of its node. @type {Map<number, number[]>} */
	const halves = new Map();
	/** Those that are a half themselves. @type {Set<number>} */
	const inner = new Set();
	let edge = 0;
	for (let node = 0; node < nodes.length; node += nodeSize) {
		const end = edge + nodes[node + countAt] * edgeSize;
		if (nodes[node + typeAt] === concatenation) {
			/** @type {number[]} */
			const pair = [];
			for (let e = edge; e < end; e += edgeSize) {
				const half = ["first", "second"].indexOf(strings[edges[e + edgeNameAt]]);
				if (half >= 0) {
					pair[half] = edges[e + targetAt];
				}
			}
			halves.set(node, pair);
			pair.forEach((half) => inner.add(half));
		}
		edge = end;
	}

	return [...halves.keys()]
		.filter((node) => !inner.has(node))
		.map((whole) => {
			let text = "";
			const left = [whole];
			for (let node = left.pop(); node !== undefined; node = left.pop()) {
				const pair = halves.get(node);
				if (pair) {
					left.push(...pair.filter((half) => half !== undefined).reverse());
				} else {
					text += strings[nodes[node + nameAt]];
				}
			}
			return text;
		});
}

/**
 * The memories of all WebAssembly instances of a page, byte by byte. The page has the tests' instruments.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function wasmMemoriesOf(page) {
	const memories = await page.evaluate(() =>
		Promise.all(
			globalThis.instruments.instances.flatMap(({ exports }) =>
				Object.values(exports)
					.filter((value) => value instanceof WebAssembly.Memory)
					.map(
						({ buffer }) =>
							new Promise((resolve, reject) => {
								const reader = new FileReader();
								reader.onload = () => resolve(reader.result);
								reader.onerror = () => reject(reader.error);
								reader.readAsDataURL(new Blob([buffer]));
							}),
					),
			),
		),
	);
	return memories.map((url) => Buffer.from(url.slice(url.indexOf(",") + 1), "base64").toString("latin1"));
}
