// Node's streams as the front door reads them: piece by piece, and no faster than it does.
import { pipeline } from "node:stream";

/** @typedef {import("../../client/source.js").Source} Source */

/**
 * @param {import("node:stream").Readable} readable
 * @param {object} [options]
 * @param {import("node:stream").Transform} [options.unpacker] of what is packed
 * @param {() => void} [options.cancel] where nobody wants the rest; by default the stream is destroyed, with its connection
 * @returns {Source} its read is rejected with a TypeError where it is not packed as it says, and otherwise as the stream fails
 */
export function sourceOfReadable(readable, { unpacker, cancel = () => void readable.destroy() } = {}) {
	const last = unpacker ? pipeline(readable, unpacker, () => {}) : readable;
	/** @type {AsyncIterator<Uint8Array> | undefined} */
	let pieces;
	return {
		async read() {
			pieces ??= last[Symbol.asyncIterator]();
			try {
				const { done, value } = await pieces.next();
				return done ? undefined : value;
			} catch (error) {
				const { code = "" } = /** @type {NodeJS.ErrnoException} */ (error);
				throw /^(?:Z_|ERR_BROTLI|ERR__ERROR)/.test(code) ? new TypeError("not packed as it says") : error;
			}
		},
		cancel,
	};
}
