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
	async answer({ version, stop, resume }) {
		const { stops, version: before } = await this.#read();
		if (stop !== undefined && stops[stop] === undefined) {
			if (Object.keys(stops).length >= mostStops) {
				return Response.json({}, { status: 413 });
			}
			await this.#write({ version: before + 1, stops: { ...stops, [stop]: Date.now() } });
		}
		if (resume !== undefined) {
			const left = Object.entries(stops).filter(([key]) => key !== resume && !key.startsWith(`${resume}/`));
			if (left.length < Object.keys(stops).length) {
				await this.#write({ version: before + 1, stops: Object.fromEntries(left) });
			}
		}
		const kept = await this.#read();
		return Response.json(version === kept.version ? { version } : kept);
	}

	/** @returns {Promise<Kept>} */
	async #read() {
		return (this.#kept ??= /** @type {Kept | undefined} */ (await this.#storage.get(place)) ?? { version: 1, stops: {} });
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
