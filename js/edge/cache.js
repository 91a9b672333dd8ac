// What an isolate remembers to save itself work. It can be forgotten at any time, so it is bounded, in bytes as well as in
// number: whoever chooses what is remembered may choose it large.

/** What an entry costs besides its texts, about; bytes. */
const overhead = 512;

/**
 * The oldest go where there is no room, and what has ended goes with them.
 * @template T
 */
export class Cache {
	/** In the order in which they were kept. @type {Map<string, { value: T, from: number, until: number, bytes: number }>} */ #entries =
		new Map();
	#bytes = 0;

	/** @param {{ maxBytes: number, maxEntries: number }} bounds */
	constructor({ maxBytes, maxEntries }) {
		this.maxBytes = maxBytes;
		this.maxEntries = maxEntries;
	}

	/** What is held, about; bytes. */
	get bytes() {
		return this.#bytes;
	}

	get size() {
		return this.#entries.size;
	}

	/**
	 * @param {string} key
	 * @returns {{ value: T, from: number } | undefined} from: when it was kept
	 */
	get(key) {
		const now = Date.now();
		this.#dropEnded(now);
		const entry = this.#entries.get(key);
		if (entry && (now < entry.from || now >= entry.until)) {
			// the clock was set back, or a longer-lived one stands before it
			this.delete(key);
			return undefined;
		}
		return entry;
	}

	/**
	 * @param {string} key
	 * @param {T} value of plain data
	 * @param {{ from?: number, until: number }} life milliseconds since 1970
	 */
	set(key, value, { from = Date.now(), until }) {
		this.delete(key);
		this.#dropEnded(Date.now());
		const bytes = overhead + 2 * (key.length + JSON.stringify(value).length); // a character may take two
		if (bytes > this.maxBytes) {
			return;
		}
		while (this.#entries.size >= this.maxEntries || this.#bytes + bytes > this.maxBytes) {
			this.delete(/** @type {string} */ (this.#entries.keys().next().value));
		}
		this.#entries.set(key, { value, from, until, bytes });
		this.#bytes += bytes;
	}

	/** @param {string} key */
	delete(key) {
		this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
		this.#entries.delete(key);
	}

	/** @param {number} now */
	#dropEnded(now) {
		for (const [key, { from, until }] of this.#entries) {
			if (now >= from && now < until) {
				return; // those after it are younger
			}
			this.delete(key);
		}
	}
}
