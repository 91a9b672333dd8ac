// What is sent on piece by piece, as a stream that the platform can send by itself.

/**
 * @typedef {object} Moves
 * @property {number} [length] of all of it, where it is known
 * @property {() => void} [moved] called when a chunk was taken
 * @property {() => void} [unread] called when nobody takes them any more
 */

/**
 * A stream with what chunks bring. One that fails must not look like one that has ended: failed is called, which has to end the exchange.
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {(error: unknown, abort: () => void) => void} failed where chunks fail; abort ends the stream as it is
 * @param {Moves} [moves]
 * @returns {ReadableStream<Uint8Array>}
 */
export function streamOf(chunks, failed, moves = {}) {
	const iterator = chunks[Symbol.asyncIterator]();
	return "IdentityTransformStream" in globalThis ? pushed(iterator, failed, moves) : pulled(iterator, failed, moves);
}

/**
 * In workerd, whose own kind of stream is the only one that it sends without JavaScript, and with its length. It closes a request or an
 * answer whose stream failed just as one that is complete, unless its length was told. So the stream is left open.
 * @param {AsyncIterator<Uint8Array>} iterator
 * @param {(error: unknown, abort: () => void) => void} failed
 * @param {Moves} moves
 */
function pushed(iterator, failed, { length, moved = () => {}, unread = () => {} }) {
	const { IdentityTransformStream, FixedLengthStream } = /** @type {any} */ (globalThis);
	const { readable, writable } = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
	const writer = writable.getWriter();
	const abort = () => void writer.abort().catch(() => {});
	const pump = async () => {
		for (;;) {
			let next;
			try {
				next = await iterator.next();
			} catch (error) {
				return failed(error, abort);
			}
			if (next.done) {
				return writer.close();
			}
			await writer.write(next.value);
			moved();
		}
	};
	pump().catch(unread);
	return readable;
}

/**
 * Everywhere else. Nothing is read ahead: what is asked for next says that the piece before was taken.
 * @param {AsyncIterator<Uint8Array>} iterator
 * @param {(error: unknown, abort: () => void) => void} failed
 * @param {Moves} moves
 * @returns {ReadableStream<Uint8Array>}
 */
function pulled(iterator, failed, { length, moved = () => {}, unread = () => {} }) {
	let given = false;
	const stream = new ReadableStream(
		{
			async pull(controller) {
				if (given) {
					moved();
				}
				let next;
				try {
					next = await iterator.next();
				} catch (error) {
					failed(error, () => {});
					controller.error(error);
					return;
				}
				if (next.done) {
					controller.close();
					return;
				}
				given = true;
				controller.enqueue(new Uint8Array(next.value)); // a copy: a piece is good only until the next one is read
			},
			cancel: unread,
		},
		{ highWaterMark: 0 },
	);
	if (length !== undefined) {
		lengths.set(stream, length);
	}
	return stream;
}

/** A standard stream has no place for it. @type {WeakMap<ReadableStream, number>} */
const lengths = new WeakMap();

/** How much is to come of a stream, where that was told; bytes. @param {ReadableStream} stream */
export const lengthOfStream = (stream) => lengths.get(stream);
