// What is measured of an edge. No label and no blob tells who called: connections, systems, codes and the program's own words.
// An isolate counts for Prometheus; where the platform has a binding for it, each thing is written there as well.
import { Registry } from "./registry.js";

/** A binding of Cloudflare's Analytics Engine. @typedef {{ writeDataPoint: (point: { indexes: string[], blobs: string[], doubles: number[] }) => void }} Analytics */

/** By their names, with what they say. */
export const families = Object.freeze({
	cctoken_requests_total: /** @type {const} */ ({
		type: "counter",
		help: "Requests to the edge, by route, connection and code of a refusal (ok where there is none).",
		labels: ["route", "connection", "code"],
	}),
	cctoken_request_seconds: /** @type {const} */ ({
		type: "histogram",
		help: "From a request to the head of its answer.",
		labels: ["route"],
	}),
	cctoken_vendor_answers_total: /** @type {const} */ ({
		type: "counter",
		help: "Answers of vendors to sealed calls, by connection and class of the status.",
		labels: ["connection", "status"],
	}),
	cctoken_keeper_seconds: /** @type {const} */ ({
		type: "histogram",
		help: "What the front door waits for a keeper, by what it asks.",
		labels: ["what"],
	}),
	cctoken_keeper_failures_total: /** @type {const} */ ({
		type: "counter",
		help: "What keepers could not do, by what they were asked, and code.",
		labels: ["what", "code"],
	}),
	cctoken_logins_total: /** @type {const} */ ({
		type: "counter",
		help: "Requests to vendors that count as a login, by system and step.",
		labels: ["system", "step"],
	}),
	cctoken_events_total: /** @type {const} */ ({
		type: "counter",
		help: "What happened to sessions: acquired, renewed, rejected, failed, cooling and the like, by system and code.",
		labels: ["event", "system", "code"],
	}),
});

/** Of this isolate: its front door, and the keepers that it has. */
export const registry = new Registry(families);

/** What one part of an edge measures, with its bindings. */
export class Measures {
	/** @param {Analytics} [analytics] */
	constructor(analytics) {
		this.analytics = analytics;
	}

	/**
	 * @param {Record<string, any>} log what is logged of a request
	 * @param {number} status
	 * @param {number} ms
	 */
	request({ route = "unknown", connection = "", code = "ok", vendorStatus }, status, ms) {
		registry.count("cctoken_requests_total", [route, connection, code]);
		registry.observe("cctoken_request_seconds", [route], ms / 1000);
		if (vendorStatus !== undefined) {
			registry.count("cctoken_vendor_answers_total", [connection, `${Math.floor(vendorStatus / 100)}xx`]);
		}
		this.#write(connection || route, ["request", route, connection, code], [ms, status, vendorStatus ?? 0]);
	}

	/** @param {string} what was asked @param {string} code of a failure, or "" @param {number} ms */
	keeper(what, code, ms) {
		registry.observe("cctoken_keeper_seconds", [what], ms / 1000);
		if (code !== "") {
			registry.count("cctoken_keeper_failures_total", [what, code]);
		}
		this.#write(what, ["keeper", what, "", code], [ms]);
	}

	/** @param {string} system @param {string} step */
	login(system, step) {
		registry.count("cctoken_logins_total", [system, step]);
		this.#write(system, ["login", step, system, ""], [1]);
	}

	/** @param {{ event: string, system?: string, code?: string }} line of a keeper's log */
	event({ event, system = "", code = "" }) {
		registry.count("cctoken_events_total", [event, system, code]);
		this.#write(system || event, ["event", event, system, code], [1]);
	}

	/** @param {string} index @param {string[]} blobs @param {number[]} doubles */
	#write(index, blobs, doubles) {
		try {
			this.analytics?.writeDataPoint({ indexes: [index], blobs, doubles });
		} catch {
			// Nobody is refused as something could not be counted.
		}
	}
}
