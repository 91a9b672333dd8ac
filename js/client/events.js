// What a client tells whoever watches its sessions.
import { errorOf } from "./error.js";

/**
 * One moment of a session's life. It holds no secret and no token.
 * @typedef {object} TokenEvent
 * @property {import("../generated/words.js").EventType} type what happened
 * @property {import("./identity.js").System | "edge"} system of the session
 * @property {number} session tells the sessions of one client apart
 * @property {import("../generated/words.js").Step} [step] as in TokenError
 * @property {Date} at when it happened, by this machine's clock
 * @property {number} logins requests made so far for this session that count as a login at the vendor
 * @property {Date | null} expiresAt of the new token, where one is known
 * @property {Date | null} retryAt when the next attempt may be made
 * @property {import("../generated/words.js").Reason} [reason] why a token was rejected, or nobody is signed in any more
 * @property {string} [vendorCode] the vendor's own code that says so
 * @property {import("./error.js").TokenError} [error] what failed
 */

/**
 * @param {(event: TokenEvent) => void} onEvent
 * @param {import("../module/wall.js").EventView} view
 * @param {unknown} cause why an exchange was just lost, where that is what is told of
 */
export function tell(onEvent, view, cause) {
	try {
		onEvent({
			type: /** @type {TokenEvent["type"]} */ (view.type),
			system: /** @type {TokenEvent["system"]} */ (view.system),
			session: view.session,
			step: view.step,
			at: new Date(view.at ?? 0),
			logins: view.logins ?? 0,
			expiresAt: view.expiresAt === undefined ? null : new Date(view.expiresAt),
			retryAt: view.retryAt === undefined ? null : new Date(view.retryAt),
			reason: view.reason,
			vendorCode: view.vendorCode,
			// What the caller's own function threw is told to those who wait for its token, not to who watches.
			error: view.error && errorOf(view.error, view.error.code === "network" ? cause : undefined),
		});
	} catch (error) {
		// The watcher's own fault must not stop the core's work, nor stay unseen.
		queueMicrotask(() => {
			throw error;
		});
	}
}
