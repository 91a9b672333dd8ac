// Each request is answered, whatever happens, and leaves a line in the log.
import { answer } from "./answer.js";
import { Problem, requestHeader } from "./problem.js";
import { KeeperProblem } from "../keeper/sessions.js";
import { Measures } from "../metrics/measures.js";

/** @typedef {import("./answer.js").Visit} Visit */

/**
 * Every answer has these. Two of them keep a vendor's page that a browser is led to from acting in the edge's name. One literal makes
 * them all: of an object that grows member by member the engine learns nothing, and takes its time with each.
 * @param {string} id of the request
 * @returns {Record<string, string>}
 */
const headersOf = (id) => ({
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
	vary: "Origin",
	[requestHeader]: id,
});

/** The status of a request whose caller has left before its answer. */
const left = 499;

/**
 * @param {import("./answer.js").Incoming} request
 * @param {Parameters<typeof answer>[1] | Promise<Parameters<typeof answer>[1]>} environment
 * @param {object} [platform]
 * @param {import("../metrics/measures.js").Analytics} [platform.analytics]
 * @param {() => void} [platform.admit] throws a Problem where the platform knows beforehand that there is no other answer
 * @param {(line: string) => void} [platform.log]
 * @returns {Promise<{ response: Response | { json: object }, headers: Record<string, string> }>} headers: those that the answer has besides
 */
export async function answered(request, environment, { analytics, admit, log = console.log } = {}) {
	const visit = new Recorded(request.method, analytics, log);
	// A caller who leaves ends all that is done for it: in a Worker with the runtime's request, and only this is called then.
	request.signal.addEventListener("abort", () => visit.leave());
	let response;
	try {
		admit?.();
		response = await answer(request, await environment, visit);
	} catch (error) {
		response = refusal(error, visit);
	}
	visit.end(response instanceof Response ? response.status : 200);
	return { response, headers: visit.headers };
}

/** A visit, and the lines in the log that it leaves. @implements {Visit} */
class Recorded {
	#began = Date.now();
	#id = crypto.randomUUID();
	#answered = false;
	#over = false;
	#analytics;
	#write;

	/**
	 * @param {string} method
	 * @param {import("../metrics/measures.js").Analytics | undefined} analytics
	 * @param {(line: string) => void} write
	 */
	constructor(method, analytics, write) {
		this.#analytics = analytics;
		this.#write = write;
		this.headers = headersOf(this.#id);
		/** @type {Record<string, unknown>} */
		this.log = { event: "request", request: this.#id, method: safeMethod(method) };
	}

	/** The answer begins. @param {number} status */
	end(status) {
		this.#answered = true;
		if (!this.#over) {
			this.#tellEnd(status);
		}
	}

	leave() {
		if (this.#answered) {
			return this.cutOff("caller");
		}
		this.#over = true;
		this.log.code = "caller_left";
		this.#tellEnd(left);
	}

	/** @param {"vendor" | "caller"} side */
	cutOff(side) {
		if (!this.#over) {
			this.#over = true;
			this.#tell({ event: "cut_off", request: this.#id, side });
		}
	}

	/** @param {number} status */
	#tellEnd(status) {
		this.log.status = status;
		new Measures(this.#analytics).request(this.log, status, this.#tell(this.log));
	}

	/**
	 * One line of JSON: names from the configuration, words of this program, numbers. Nothing of a caller or a token.
	 * @param {Record<string, unknown>} line
	 * @returns {number} milliseconds since the request came
	 */
	#tell(line) {
		const ms = Date.now() - this.#began;
		line.ms = ms;
		this.#write(JSON.stringify(line));
		return ms;
	}
}

/**
 * @param {unknown} error
 * @param {Visit} visit
 */
function refusal(error, { log }) {
	if (error instanceof Problem || error instanceof KeeperProblem) {
		log.code = error.code;
		log.reason = error instanceof Problem ? error.reason : undefined;
		return error.toResponse();
	}
	// Its text could quote anything; its name and where it was thrown cannot.
	log.code = "internal";
	log.reason = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "unknown";
	return new Problem("internal", "The edge has failed at this request.").toResponse();
}

/** @param {string} method anybody may write what they like there */
function safeMethod(method) {
	return /^[A-Z]{1,10}$/.test(method) ? method : "other";
}
