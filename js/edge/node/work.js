// What the keepers' client is doing, and has done: its requests to vendors, bounded and counted, and its events, logged.
import { loginSteps } from "../../generated/keeper.js";
import { Hourly } from "./hourly.js";
import { Lines } from "./lines.js";

/** @typedef {import("../../client/effects.js").Fetch} Fetch */

export class Work {
	#lines;
	#clock;
	#measures;
	#log;
	#logins = new Hourly();
	#began;
	/** Of a session by its number. @type {(session: number) => string} */
	systemOf = () => "";

	/**
	 * @param {object} means
	 * @param {number} means.connections how many requests to vendors are under way at once; Infinity is no bound
	 * @param {import("../../client/clock.js").Clock} means.clock
	 * @param {import("../metrics/measures.js").Measures} means.measures
	 * @param {(line: string) => void} means.log
	 */
	constructor({ connections, clock, measures, log }) {
		this.#lines = new Lines(connections);
		this.#clock = clock;
		this.#measures = measures;
		this.#log = log;
		this.#began = clock.mono();
	}

	/** The platform's fetch for the client's own requests. @type {Fetch} */
	fetch = (input, init, { session, step }) => {
		if (loginSteps.includes(step)) {
			this.#logins.note(this.#clock.mono());
			this.#measures.login(this.systemOf(session), step);
		}
		return this.#lines.take(() => fetch(input, init), /** @type {AbortSignal} */ (init.signal));
	};

	/** @param {import("../../client/events.js").TokenEvent} event */
	onEvent = ({ type, system, step, at, logins, retryAt, reason, vendorCode: _, error }) => {
		const line = {
			event: type,
			system,
			step,
			code: error?.code,
			reason,
			status: error?.httpStatus,
			logins: logins || undefined,
			retryInMs: retryAt ? Math.max(0, retryAt.getTime() - at.getTime()) : undefined,
		};
		this.#measures.event(line);
		this.#log(JSON.stringify({ keeper: "node", ...line }));
	};

	/** As a keeper's status has it; seconds. */
	status() {
		const mono = this.#clock.mono();
		const { open, waiting } = this.#lines;
		return { age: (mono - this.#began) / 1000, logins: this.#logins.count(mono), requests: { open, waiting } };
	}
}
