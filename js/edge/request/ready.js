// Whether the edge can serve at this moment, as far as that can be asked of what it needs: a keeper, the storage, the issuers' keys.
import { KeeperProblem } from "../keeper/sessions.js";
import { sleep, within } from "../moments.js";

/** For so long an answer is repeated, as anybody may ask; milliseconds. */
const goodMs = 5_000;
/** So long one who asks is given, before another one does; milliseconds. A request that was abandoned never says that it has ended. */
const patienceMs = 12_000;
/** How often those look who wait for the first answer. */
const lookMs = 50;

export class Readiness {
	/** @type {string[] | undefined} */ #failing;
	#askedAt = -Infinity;
	#askingAt = -Infinity;

	/** @param {Pick<import("../config/environment.js").Environment, "config" | "sessions" | "authenticator" | "stops">} environment */
	constructor(environment) {
		this.environment = environment;
	}

	/** @returns {Promise<string[]>} what fails, by names */
	async failing() {
		for (;;) {
			const asking = within(this.#askingAt, patienceMs);
			if (this.#failing && (asking || within(this.#askedAt, goodMs))) {
				return this.#failing;
			}
			if (!asking) {
				break;
			}
			await sleep(lookMs);
		}
		this.#askingAt = Date.now();
		try {
			const found = await Promise.all([this.#keeper(), this.#stops(), ...this.#issuers()]);
			this.#failing = found.filter((name) => name !== "");
			this.#askedAt = Date.now();
			return this.#failing;
		} finally {
			this.#askingAt = -Infinity;
		}
	}

	/** One keeper stands for all, as all have the same storage and program. */
	async #keeper() {
		const { sessions, config } = this.environment;
		const [connection] = Object.values(config.connections);
		const [place] = await sessions.keepers(/** @type {import("../config/config.js").CheckedConnection} */ (connection));
		try {
			await sessions.overview(/** @type {import("../keeper/sessions.js").Place} */ (place), "ready");
			return "";
		} catch (error) {
			return error instanceof KeeperProblem && error.code === "storage_failed" ? "storage" : "keeper";
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
