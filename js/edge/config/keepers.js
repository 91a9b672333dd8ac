// How the sessions of a connection are spread over Durable Objects.
import { locationHint, oneOf } from "./forms.js";

/** @typedef {import("./config.js").Keepers} Keepers */

/** Of a connection that says nothing of them. @type {Keepers} */
export const defaultKeepers = { count: 4, former: [] };

/** The most objects that a connection's sessions are spread over. */
const mostKeepers = 256;

/**
 * @param {import("./reader.js").Reader} reader
 * @returns {Keepers}
 */
export function readKeepers(reader) {
	const checked = {
		count: reader.number("count", defaultKeepers.count, 1, mostKeepers),
		former: reader.numbers("former", 1, mostKeepers),
		jurisdiction: reader.text("jurisdiction", oneOf("eu", "fedramp"), { optional: true }),
		location: reader.text("location", locationHint, { optional: true }),
	};
	reader.end();
	return checked;
}
