// Which users are stopped, as one Durable Object keeps it: an object of the keepers' class under a name of its own, so that
// there is no further class to bind and to migrate. It never starts the keeper's Go program. A user is a keyed hash, which
// tells users apart and names nobody.

/** The path under which an object answers as this list. */
export const stopsPath = "/stops";

/** The most stops that are kept: the list is read as a whole. */
export const mostStops = 5_000;

/** Where the list lies in the object's storage. */
const place = "stops";

/**
 * A stop is of a user, for all connections or for one.
 * @param {string} user a keyed hash
 * @param {string} [connection]
 */
export const stopOf = (user, connection) => (connection === undefined ? user : `${user}/${connection}`);

/** The list: since when each is stopped, in milliseconds since 1970. The version changes with it. @typedef {{ version: number, stops: Record<string, number> }} Kept */

/** Of whom nobody is stopped. @type {Kept} */
export const nobody = { version: 1, stops: {} };

/**
 * The list after a change; the very same where it changes nothing, and undefined where there is no room for a further stop.
 * @param {Kept} kept
 * @param {{ stop?: string, resume?: string }} change
 * @returns {Kept | undefined}
 */
export function changed(kept, { stop, resume }) {
	const { stops, version } = kept;
	if (stop !== undefined && stops[stop] === undefined) {
		return Object.keys(stops).length >= mostStops ? undefined : { version: version + 1, stops: { ...stops, [stop]: Date.now() } };
	}
	const left = Object.entries(stops).filter(([key]) => resume === undefined || (key !== resume && !key.startsWith(`${resume}/`)));
	return left.length < Object.keys(stops).length ? { version: version + 1, stops: Object.fromEntries(left) } : kept;
}

/**
 * @param {Kept | undefined} kept undefined where there was no room
 * @param {number} [version] that whoever asks has already
 */
export function answerOf(kept, version) {
	return kept ? Response.json(version === kept.version ? { version } : kept) : Response.json({}, { status: 413 });
}

export class StopList {
	/** @type {Pick<import("../keeper/records.js").Storage, "get" | "put" | "sync">} */ #storage;
	/** @type {Kept | undefined} */ #kept;

	/** @param {Pick<import("../keeper/records.js").Storage, "get" | "put" | "sync">} storage */
	constructor(storage) {
		this.#storage = storage;
	}

	/**
	 * Answers the list, or only its version where whoever asks has that one. 413 where there is no room for a further stop.
	 * @param {{ version?: number, stop?: string, resume?: string }} asked
	 */
	async answer({ version, ...change }) {
		const before = await this.#read();
		const after = changed(before, change);
		if (after !== undefined && after !== before) {
			await this.#write(after);
		}
		return answerOf(after && (await this.#read()), version);
	}

	/** @returns {Promise<Kept>} */
	async #read() {
		return (this.#kept ??= /** @type {Kept | undefined} */ (await this.#storage.get(place)) ?? nobody);
	}

	/** Nothing is said of a change that is not stored. @param {Kept} kept */
	async #write(kept) {
		this.#kept = kept; // at once, for who asks meanwhile
		try {
			await this.#storage.put({ [place]: kept });
			await this.#storage.sync();
		} catch (error) {
			this.#kept = undefined;
			throw error;
		}
	}
}
