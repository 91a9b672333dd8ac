// GET /metrics, for Prometheus: whoever has the METRICS_TOKEN may read it, and operators. To everybody else there is nothing.
import { registry } from "./measures.js";

const encoder = new TextEncoder();

export function metrics() {
	return new Response(registry.text(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
}

/**
 * Whether a request brings the token, told in a time that says nothing of how much of it was right.
 * @param {import("../request/answer.js").Asked} asked
 */
export async function readsMetrics({ request, origin, environment: { metricsToken } }) {
	const brought = request.headers.get("authorization");
	if (metricsToken === undefined || brought === null || origin !== null) {
		return false;
	}
	const [mine, theirs] = [await digest(`Bearer ${metricsToken}`), await digest(brought)];
	return mine.reduce((differing, byte, i) => differing | (byte ^ Number(theirs[i])), 0) === 0;
}

/** @param {string} text */
async function digest(text) {
	return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}
