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
	const change = changesOf(last);
	return {
		async read() {
			for (;;) {
				const piece = last.destroyed ? null : last.read();
				if (piece !== null) {
					return piece;
				}
				if (hasEnded(last)) {
					return undefined;
				}
				if (last.destroyed) {
					throw failureOf(last);
				}
				await change();
			}
		},
		cancel,
	};
}

/**
 * Whether all was read. A message of HTTP knows that before its end is told to anybody.
 * @param {import("node:stream").Readable & { complete?: boolean }} readable of which there is nothing more to read at the moment
 */
const hasEnded = ({ readableEnded, complete, destroyed, readableLength }) =>
	readableEnded || (complete === true && !destroyed && readableLength === 0);

/** @param {import("node:stream").Readable} readable that was destroyed before its end */
function failureOf({ errored }) {
	const { code = "" } = /** @type {NodeJS.ErrnoException} */ (errored ?? {});
	return /^(?:Z_|ERR_BROTLI|ERR__ERROR)/.test(code) ? new TypeError("not packed as it says") : (errored ?? new Error("broken off"));
}

/**
 * Waits until something has happened to a stream. It listens from the first time on: most bodies are there as a whole before they are
 * read, and an iterator of Node's costs more than all else that is done with one.
 * @param {import("node:stream").Readable} readable
 * @returns {() => Promise<void>}
 */
function changesOf(readable) {
	let wake = () => {};
	let listening = false;
	return () =>
		new Promise((resolve) => {
			wake = resolve;
			if (!listening) {
				listening = true;
				for (const event of ["readable", "end", "error", "close"]) {
					readable.on(event, () => wake());
				}
			}
		});
}
