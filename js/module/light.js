// The glue of a light core: what TinyGo makes of the same sources (make tiny). Its runtime asks the outside for random numbers, by
// which its maps are seeded, and for nothing else. A panic is a trap there, so whoever calls sees it thrown.

/** @returns {import("./runtime.js").Program} */
export function createLight() {
	return {
		importObject: { env: { arc4random: () => crypto.getRandomValues(new Uint32Array(1))[0] } },
		async run({ exports }) {
			exports["_initialize"]();
		},
	};
}
