/**
 * Waits until a stream takes more, or nobody will. Nothing of the waiting is left behind: a stream that goes on for hours is waited for
 * any number of times.
 * @param {import("node:stream").Writable} stream that takes no more at the moment
 * @returns {Promise<void>}
 */
export function drained(stream) {
	return new Promise((resolve) => {
		const done = () => {
			stream.off("drain", done).off("close", done);
			resolve();
		};
		stream.on("drain", done).on("close", done);
		if (stream.destroyed) {
			done();
		}
	});
}
