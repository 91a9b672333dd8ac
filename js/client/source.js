// A stream as it is read, and what is read of one before somebody else gets all of it.

/**
 * A stream as it is read: piece by piece. A piece is good until the next one is read.
 * @typedef {object} Source
 * @property {() => Promise<Uint8Array | undefined>} read the next piece, or undefined at the end
 * @property {() => void} cancel where nobody wants the rest
 */

/** Pieces of a stream, as one. They are copied: there may be many small ones, each in a buffer that is large. */
export class Gathered {
	#bytes = new Uint8Array(0); // the first piece is often all of it, and small: a small array costs no memory outside of the heap
	length = 0;

	/** What it takes; bytes. */
	get capacity() {
		return this.#bytes.length;
	}

	get bytes() {
		return this.#bytes.subarray(0, this.length);
	}

	/** @param {Uint8Array} piece */
	add(piece) {
		const length = this.length + piece.length;
		if (length > this.#bytes.length) {
			const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
			larger.set(this.bytes);
			this.#bytes = larger;
		}
		this.#bytes.set(piece, this.length);
		this.length = length;
	}
}

/**
 * The beginning of a stream, and all of it once more.
 * @typedef {object} Peeked
 * @property {Uint8Array<ArrayBuffer>} bytes what was read
 * @property {boolean} whole whether that is all
 * @property {boolean} late whether it took too long
 * @property {boolean} broken whether it has failed
 * @property {Source} source all of the stream from its beginning, and its failure; to be read once
 */

/**
 * Reads a stream until it ends, more than a number of bytes have come, these are enough, or it takes too long.
 * @param {Source} source
 * @param {number} most
 * @param {object} [options]
 * @param {(bytes: number) => void} [options.grow] told what is held, before more is read; what it throws ends the reading
 * @param {(bytes: Uint8Array<ArrayBuffer>) => boolean} [options.enough] asked of all that has come
 * @param {Promise<unknown>} [options.late] is fulfilled when no more is waited for
 * @param {boolean} [options.tolerant] where the stream fails, what came before is told, and the failure is met by who reads on
 * @returns {Promise<Peeked>}
 */
export async function peek(source, most, { grow = () => {}, enough = () => false, late, tolerant = false } = {}) {
	const gathered = new Gathered();
	/** @type {(how: { whole?: boolean, late?: boolean, broken?: boolean }, coming?: Promise<Uint8Array | undefined>) => Peeked} */
	const end = (how, coming) => ({
		...{ bytes: gathered.bytes, whole: false, late: false, broken: false, ...how },
		source: resumed(gathered.bytes, source, coming),
	});
	const over = late?.then(() => "late");
	for (;;) {
		const coming = source.read();
		let piece;
		try {
			piece = await (over ? Promise.race([coming, over]) : coming);
		} catch (error) {
			if (!tolerant) {
				throw error;
			}
			return end({ broken: true }, coming);
		}
		if (typeof piece === "string") {
			return end({ late: true }, coming);
		}
		if (!piece) {
			return end({ whole: true });
		}
		gathered.add(piece);
		if (gathered.length > most || enough(gathered.bytes)) {
			return end({});
		}
		grow(gathered.capacity);
	}
}

/**
 * @param {Uint8Array} bytes that were read
 * @param {Source} source the rest
 * @param {Promise<Uint8Array | undefined>} [coming] the first of the rest, where it was asked for already
 * @returns {Source} all of it
 */
function resumed(bytes, source, coming) {
	let given = bytes.length === 0;
	return {
		...source,
		async read() {
			if (!given) {
				given = true;
				return bytes;
			}
			const piece = coming ?? source.read();
			coming = undefined;
			return piece;
		},
	};
}
