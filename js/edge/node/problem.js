// What a keeper here could not do, as every keeper says it: application/problem+json with the core's own words and fields.
import { TokenError } from "../../client/error.js";
import { statuses, statusesByField } from "../../generated/keeper.js";
import { problemMedia, problemUrn } from "../../generated/limits.js";

/**
 * @param {unknown} error
 * @param {number} now wall-clock milliseconds
 * @returns {Response}
 */
export function problemOf(error, now) {
	const known = error instanceof TokenError ? error : new TokenError("module_failed", "the keeper failed at this session; try again");
	const { code, system, step, field, httpStatus, vendorCode, reason } = known;
	// The client itself has died of it, or is being closed: another try meets one that lives.
	const failed = code === "closed" || code.startsWith("module_");
	const status = statusesByField[field ?? ""]?.[code] ?? statuses[code] ?? (failed ? 503 : 502);
	const wait = known.retryAt ? (known.retryAt.getTime() - now) / 1000 : 0;
	const retryAfter = wait > 0 ? wait : failed ? 1 : undefined;
	const problem = {
		type: `${problemUrn}${code}`,
		title: known.message,
		status,
		code,
		system,
		step,
		field,
		vendorStatus: httpStatus,
		vendorCode,
		reason,
		retryable: known.retryable || failed,
		retryAfter,
		cause: firstCause(known)?.code,
	};
	return new Response(JSON.stringify(problem), {
		status,
		headers: { "content-type": problemMedia, ...(retryAfter !== undefined && { "retry-after": String(Math.ceil(retryAfter)) }) },
	});
}

/**
 * The earliest failure that led to an error: one waiting time may be for another.
 * @param {TokenError} error
 * @returns {TokenError | undefined}
 */
function firstCause({ cause }) {
	return cause instanceof TokenError ? (firstCause(cause) ?? cause) : undefined;
}
