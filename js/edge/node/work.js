// What the keepers' client is doing, and has done, by keeper: its requests to vendors, bounded and counted, and its events, logged.
import { loginSteps } from "../../generated/keeper.js";
import { Hourly } from "./hourly.js";
import { Lines } from "./lines.js";
import { keep, mostObjects } from "./newest.js";

/** @typedef {import("../../client/effects.js").Fetch} Fetch */
/** Of one keeper. @typedef {{ began: number, logins: Hourly, lines: Lines }} Book */

export class Work {
	/** @type {Map<string, Book>} */ #books = new Map();
	#connections;
	#clock;
	#measures;
	#log;
	/** Whose a session is, and of which system: once there is somebody who knows. @type {(session: number) => { object: string, system: string }} */
	about = () => ({ object: "", system: "" });

	/**
	 * @param {object} means
	 * @param {number} means.connections how many requests to vendors a keeper has under way at once; Infinity is no bound
	 * @param {import("../../client/clock.js").Clock} means.clock
	 * @param {import("../metrics/measures.js").Measures} means.measures
	 * @param {(line: string) => void} means.log
	 */
	constructor({ connections, clock, measures, log }) {
		this.#connections = connections;
		this.#clock = clock;
		this.#measures = measures;
		this.#log = log;
	}

	/** The platform's fetch for the client's own requests. @type {Fetch} */
	fetch = (input, init, { session, step }) => {
		const { object, system } = this.about(session);
		const { lines, logins } = this.#book(object);
		if (loginSteps.includes(step)) {
			logins.note(this.#clock.mono());
			this.#measures.login(system, step);
		}
		return lines.take(() => fetch(input, init), /** @type {AbortSignal} */ (init.signal));
	};

	/** @param {import("../../client/events.js").TokenEvent} event */
	onEvent = ({ type, system, session, step, at, logins, retryAt, reason, error }) => {
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
		this.#log(JSON.stringify({ keeper: this.about(session).object.slice(0, 16), ...line })); // which tells keepers apart; it is a keyed hash
	};

	/** @param {import("../../client/store.js").StoreEvent} event */
	onStore = ({ type }) => {
		this.#measures.event({ event: type });
		this.#log(JSON.stringify({ event: type }));
	};

	/** As a keeper's status has it; seconds. @param {string} object */
	status(object) {
		const { began, logins, lines } = this.#book(object);
		const mono = this.#clock.mono();
		return { age: (mono - began) / 1000, logins: logins.count(mono), requests: { open: lines.open, waiting: lines.waiting } };
	}

	/** @param {string} object */
	#book(object) {
		let book = this.#books.get(object);
		if (!book) {
			book = { began: this.#clock.mono(), logins: new Hourly(), lines: new Lines(this.#connections) };
			keep(this.#books, object, book, mostObjects);
		}
		return book;
	}
}
