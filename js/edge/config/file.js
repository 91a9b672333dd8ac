// A configuration in a file, which may change while the Worker runs: on a machine of one's own, where a restart would end
// every call that is under way. Whoever calls has the configuration that is in force when the call begins; a new one
// that cannot be used changes nothing.
import { sleep, within } from "../moments.js";
import { ConfigError } from "./config.js";

/** @typedef {import("./environment.js").Environment} Environment */

/** The file, as the service that reads it is asked. */
const url = "http://configuration/edge.json";
/** So often it is looked at, while there are requests; milliseconds. */
const lookEveryMs = 1_000;
/** So long one who looks is given, before another one does; milliseconds. A request that was abandoned never says that it has ended. */
const patienceMs = 5_000;
/** How often those look who wait for the first configuration; milliseconds. */
const waitMs = 20;

export class ConfigFile {
	/** @type {Environment | ConfigError | undefined} */ #current;
	/** What was read last. @type {string | undefined} */ #text;
	#lookedAt = -Infinity;
	#lookingAt = -Infinity;

	/**
	 * @param {{ fetch: (url: string, init: RequestInit) => Promise<Response> }} service reads files
	 * @param {(config: unknown, former: Environment | undefined) => Environment} make throws a ConfigError
	 */
	constructor(service, make) {
		this.service = service;
		this.make = make;
	}

	/** @returns {Promise<Environment | ConfigError>} what is in force, or why nothing is */
	async current() {
		for (;;) {
			const looking = within(this.#lookingAt, patienceMs);
			if (this.#current && (looking || within(this.#lookedAt, lookEveryMs))) {
				return this.#current;
			}
			if (!looking) {
				break;
			}
			await sleep(waitMs);
		}
		this.#lookingAt = Date.now();
		try {
			await this.#look();
			this.#lookedAt = Date.now();
		} finally {
			this.#lookingAt = -Infinity;
		}
		return /** @type {Environment | ConfigError} */ (this.#current);
	}

	async #look() {
		const text = await this.#read();
		if (text === this.#text && this.#current) {
			return;
		}
		this.#text = text;
		const former = this.#current instanceof ConfigError ? undefined : this.#current;
		try {
			if (text === undefined) {
				throw new ConfigError(["edge.json cannot be read"]);
			}
			const next = this.make(parsed(text), former?.missing.length === 0 ? former : undefined);
			if (next.missing.length > 0 && former?.missing.length === 0) {
				throw new ConfigError(next.missing);
			}
			this.#current = next;
			tell({ accepted: next.missing.length === 0, ...(next.missing.length > 0 && { problems: next.missing }) });
		} catch (error) {
			if (!(error instanceof ConfigError)) {
				throw error;
			}
			if (former?.missing.length === 0) {
				former.refused = error.problems;
			} else {
				this.#current = error;
			}
			tell({ accepted: false, problems: error.problems });
		}
	}

	async #read() {
		try {
			const response = await this.service.fetch(url, { signal: AbortSignal.timeout(patienceMs) });
			return response.status === 200 ? await response.text() : undefined;
		} catch {
			return undefined;
		}
	}
}

/** @param {string} text */
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		throw new ConfigError(["edge.json is not JSON"]);
	}
}

/** A line in the log: problems name fields and bindings, and quote no value. @param {{ accepted: boolean, problems?: readonly string[] }} outcome */
function tell(outcome) {
	console.log(JSON.stringify({ event: "configuration", ...outcome }));
}
