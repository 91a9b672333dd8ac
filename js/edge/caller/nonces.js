// A Durable Object that remembers which nonces a machine's key has used, for as long as their signatures could be used
// again. In storage: an object that was evicted must not let one pass a second time.

/**
 * @typedef {object} State what of DurableObjectState is used
 * @property {{
 *   sql: { exec: (query: string, ...bindings: (string | number)[]) => { rowsWritten: number, toArray: () => any[] } },
 *   getAlarm: () => Promise<number | null>, setAlarm: (at: number) => Promise<void>,
 * }} storage
 */

/** What ends within this time is forgotten together; milliseconds. */
const restMs = 10_000;

/**
 * The Durable Object class of the binding `NONCES`, for edges whose machines sign: it remembers which signatures were
 * used. One object for each key. Only the edge calls it.
 */
export class Nonces {
	/** @param {State} state */
	constructor(state) {
		/** @internal */
		this.storage = state.storage;
		this.storage.sql.exec("CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID");
	}

	/**
	 * 200 the first time, and 409 later.
	 * @internal
	 * @param {Request} request
	 */
	async fetch(request) {
		const { nonce, seconds } = /** @type {{ nonce: string, seconds: number }} */ (await request.json());
		const now = Date.now();
		const until = now + seconds * 1000;
		const { length } = this.storage.sql
			.exec("INSERT INTO nonces (nonce, until) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING nonce", nonce, until)
			.toArray();
		if ((await this.storage.getAlarm()) === null) {
			await this.storage.setAlarm(until);
		}
		return new Response(null, { status: length === 1 ? 200 : 409 });
	}

	/**
	 * Forgets what has ended, and comes again while something is left.
	 * @internal
	 */
	async alarm() {
		this.storage.sql.exec("DELETE FROM nonces WHERE until <= ?", Date.now());
		const [{ next }] = this.storage.sql.exec("SELECT MIN(until) AS next FROM nonces").toArray();
		if (next !== null) {
			await this.storage.setAlarm(Math.max(next, Date.now() + restMs));
		}
	}
}
