// The modules, and the most that each may weigh by brotli, in kilobytes: what somebody downloads, or deploys.

/** @type {{ file: string, what: string, most: number }[]} */
export const weights = [
	{ file: "core.wasm", what: "the core", most: 460 },
	{ file: "console.wasm", what: "the console", most: 600 },
	{ file: "keeper.wasm", what: "the edge's keeper", most: 1130 },
	{ file: "sandbox.wasm", what: "the sandbox", most: 1050 },
];
