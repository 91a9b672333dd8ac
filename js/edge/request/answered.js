// Each request is answered, whatever happens, and leaves a line in the log.
import { answer } from "./answer.js";
import { Problem, requestHeader } from "./problem.js";
import { KeeperProblem } from "../keeper/sessions.js";
import { Measures } from "../metrics/measures.js";

/** @typedef {import("./answer.js").Visit} Visit */

/** Every answer has these. The last two keep a vendor's page that a browser is led to from acting in the edge's name. */
const always = {
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
};

/**
 * @param {import("./answer.js").Incoming} request
 * @param {Parameters<typeof answer>[1] | Promise<Parameters<typeof answer>[1]>} environment
 * @param {object} [platform]
 * @param {import("../metrics/measures.js").Analytics} [platform.analytics]
 * @param {() => void} [platform.admit] throws a Problem where the platform knows beforehand that there is no other answer
 * @param {(line: string) => void} [platform.log]
 * @returns {Promise<{ response: Response | { json: object }, headers: Record<string, string> }>} headers: those that the answer has besides
 */
export async function answered(request, environment, { analytics, admit = () => {}, log = console.log } = {}) {
	const began = Date.now();
	const id = crypto.randomUUID();
	let answered = false;
	let ended = false;
	// One line of JSON: names from the configuration, words of this program, numbers. Nothing of a caller or a token.
	const tell = (/** @type {object} */ line) => log(JSON.stringify({ ...line, ms: Date.now() - began }));
	const tellEnd = (/** @type {Record<string, unknown>} */ line, /** @type {number} */ status) => {
		tell({ ...line, status });
		new Measures(analytics).request(line, status, Date.now() - began);
	};
	/** @type {Visit} */
	const visit = {
		headers: { ...always, [requestHeader]: id },
		log: { event: "request", request: id, method: safeMethod(request.method) },
		cutOff(side) {
			if (!ended) {
				ended = true;
				tell({ event: "cut_off", request: id, side });
			}
		},
	};
	// A caller who leaves ends all that is done for it: in a Worker with the runtime's request, and only this is called then.
	request.signal.addEventListener("abort", () => {
		if (answered) {
			return visit.cutOff("caller");
		}
		ended = true;
		tellEnd({ ...visit.log, code: "caller_left" }, 499);
	});
	let response;
	try {
		admit();
		response = await answer(request, await environment, visit);
	} catch (error) {
		response = refusal(error, visit);
	}
	answered = true;
	if (!ended) {
		tellEnd(visit.log, response instanceof Response ? response.status : 200);
	}
	return { response, headers: visit.headers };
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
