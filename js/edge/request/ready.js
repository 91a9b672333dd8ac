// Whether the edge can serve at this moment, as far as that can be asked of what it needs: a keeper, the storage, the issuers' keys.
import { KeeperProblem } from "../keeper/sessions.js";
import { sleep, within } from "../moments.js";

/** For so long an answer is repeated, as anybody may ask; milliseconds. */
const goodMs = 5_000;
/** So long one who asks is given, before another one does; milliseconds. A request that was abandoned never says that it has ended. */
const patienceMs = 12_000;
/** How often those look who wait for the first answer. */
const lookMs = 50;

/**
 * What the edge was found to be.
 * @typedef {object} Found
 * @property {string[]} failing without what nobody can be served, by names
 * @property {string[]} lost without what it serves on, if not as well, by names
 */

export class Readiness {
	/** @type {Found | undefined} */ #found;
	#askedAt = -Infinity;
	#askingAt = -Infinity;

	/** @param {Pick<import("../config/environment.js").Environment, "config" | "sessions" | "authenticator" | "stops">} environment */
	constructor(environment) {
		this.environment = environment;
	}

	/** @returns {Promise<Found>} */
	async look() {
		for (;;) {
			const asking = within(this.#askingAt, patienceMs);
			if (this.#found && (asking || within(this.#askedAt, goodMs))) {
				return this.#found;
			}
			if (!asking) {
				break;
			}
			await sleep(lookMs);
		}
		this.#askingAt = Date.now();
		try {
			const [{ failing, lost }, ...others] = await Promise.all([this.#keeper(), this.#stops(), ...this.#issuers()]);
			this.#found = { failing: [failing, ...others].filter((name) => name !== ""), lost };
			this.#askedAt = Date.now();
			return this.#found;
		} finally {
			this.#askingAt = -Infinity;
		}
	}

	/**
	 * One keeper stands for all, as all have the same storage and program.
	 * @returns {Promise<{ failing: string, lost: string[] }>}
	 */
	async #keeper() {
		const { sessions, config } = this.environment;
		const [connection] = Object.values(config.connections);
		const [place] = await sessions.keepers(/** @type {import("../config/config.js").CheckedConnection} */ (connection));
		try {
			const { lost = [] } = await sessions.overview(/** @type {import("../keeper/sessions.js").Place} */ (place), "ready");
			return { failing: "", lost };
		} catch (error) {
			return { failing: error instanceof KeeperProblem && error.code === "storage_failed" ? "storage" : "keeper", lost: [] };
		}
	}

	async #stops() {
		return orName("stops", async () => this.environment.stops?.since(""));
	}

	#issuers() {
		return this.environment.authenticator.issuers.map((issuer) => orName(`authentication.${issuer.name}`, () => issuer.ready()));
	}
}

/** @param {string} name @param {() => Promise<unknown>} ask */
async function orName(name, ask) {
	try {
		await ask();
		return "";
	} catch {
		return name;
	}
}
