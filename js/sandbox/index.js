// The vendor systems on this machine, for people's own tests: import { createSandbox } from "cctoken/sandbox".
import { setImmediate } from "node:timers"; // not the test's own, which may be faked
import { SandboxError } from "./error.js";
import { readOptions } from "./options.js";
import { startProgram } from "./program.js";
import { listen } from "./server.js";
import { businessOf, identitiesOf, systemsAt } from "./systems.js";

export { SandboxError } from "./error.js";

/** @typedef {import("./error.js").SandboxErrorCode} SandboxErrorCode */
/** @typedef {import("./options.js").SandboxOptions} SandboxOptions */
/** @typedef {import("./options.js").Lifetimes} Lifetimes */
/** @typedef {import("./options.js").PathReading} PathReading */
/** @typedef {import("./systems.js").SandboxSystem} SandboxSystem */
/** @typedef {import("./systems.js").ListedSystem} ListedSystem */
/** @typedef {import("./systems.js").Call} Call */

/**
 * Which tokens: those of a subject, the one of an id, or all of the system. Without a system, `all` means every system.
 * @typedef {object} Target
 * @property {SandboxSystem} [system] whose tokens
 * @property {string} [subject] an app key or a user
 * @property {string} [id] as `state` shows it
 * @property {boolean} [all] every token: of the system, as the system alone says too, or without one of every system
 */

/**
 * Makes the next requests to one endpoint go wrong.
 * @typedef {object} Fault
 * @property {SandboxSystem} system whose endpoint
 * @property {"login" | "business" | "refresh" | "verify" | (string & {})} endpoint those that the system has are its
 *   `endpoints` in `sandbox.systems`; the name of a system is one where that is asked for a token first
 * @property {"delay" | "truncate" | "types" | "reset" | "html" | "html403" | "html418" | "huge" | "empty" | "redirect" | "401"
 *   | "403" | "429" | "500" | "502" | "503" | "504"} fault a status; or the answer comes late (`delay`), breaks off
 *   (`truncate`), has wrong types, is a page of HTML (`html403` and `html418` with that status, as by a firewall before the
 *   vendor), 2 MiB of JSON (`huge`), empty or a redirect; or the connection is cut (`reset`)
 * @property {number} [count] how many requests. Default 1.
 * @property {number} [delayMs] in milliseconds; goes with every fault, and `delay` needs it
 * @property {number | string} [retryAfter] of a status: seconds, or an HTTP date
 * @property {string} [exceptionInfo] the text of a status, where the system's errors have one
 */

/**
 * A token that the sandbox has issued. Moments are of the vendors' time, as texts of ISO 8601.
 * @typedef {object} TokenState
 * @property {string} id names it for `revoke`
 * @property {SandboxSystem} system the system that issued it
 * @property {string} subject an app key or a user
 * @property {string} issuedAt when it was issued
 * @property {string} [expiresAt] when it ends; absent: no end of its own
 * @property {string} [refreshExpiresAt] when its refresh token ends; absent: there is none, or it was used
 * @property {"live" | "expired" | "revoked" | "rolled"} state "rolled": a newer one has taken its place
 * @property {string} value shortened, never whole
 */

/**
 * The requests that arrived for one system, by kind.
 * @typedef {object} Counts
 * @property {number} logins requests for a token by credentials
 * @property {number} refreshes requests for a token by a refresh token
 * @property {number} verifications of tokens
 * @property {number} business business calls
 * @property {number} failed those of all kinds that were not answered as asked
 * @property {number} faulted those of all kinds that a queued fault took
 */

/**
 * What has happened in a sandbox.
 * @typedef {object} SandboxState
 * @property {string} now the vendors' time, as a text of ISO 8601
 * @property {Record<SandboxSystem, Counts>} counts requests that arrived
 * @property {TokenState[]} tokens oldest first
 * @property {Lifetimes} lifetimes in seconds; 0 is without end
 * @property {{ system: SandboxSystem, credential: string }[]} refused the credentials that are turned away
 * @property {number} pendingFaults for how many requests faults are waiting
 * @property {number} redirectsFollowed requests that came where only the fault `redirect` leads: a client followed it
 */

/**
 * A running sandbox. What its methods cannot do is rejected with a SandboxError: `refused`, `closed` or `crashed`. Only
 * `close` always succeeds.
 */
export class Sandbox {
	/** @type {import("./program.js").Program} */ #program;
	/** @type {() => Promise<void>} */ #close;
	/** @type {Promise<void> | undefined} */ #closing;

	/**
	 * @internal
	 * @param {import("./program.js").Program} program
	 * @param {{ url: string, close: () => Promise<void> }} server
	 * @param {readonly ListedSystem[]} systems
	 */
	constructor(program, server, systems) {
		this.#program = program;
		this.#close = server.close;
		/** An address that reaches it from this machine, such as `http://127.0.0.1:40123`. @readonly */
		this.url = server.url;
		/** Its systems, and what it offers for each. @readonly */
		this.systems = systems;
		/** Identities that it accepts, ready for `getToken`. @readonly */
		this.identities = identitiesOf(systems);
		/** A business call of each system, for `client.fetch(identity, path, init)`. @readonly */
		this.business = businessOf(systems);
	}

	/**
	 * Ends tokens, with their refresh tokens.
	 * @param {Target} target which ones
	 * @returns {Promise<number>} how many they were
	 */
	async revoke(target) {
		return (await this.#control("POST", "revoke", target)).revoked;
	}

	/**
	 * Has the next business response to a token bring a new one, with which the old one dies.
	 * @param {Target} target which ones, of a system that rolls its tokens; `all` without a system: of every such system
	 * @returns {Promise<number>} how many tokens wait for that
	 */
	async roll(target) {
		return (await this.#control("POST", "roll", target)).waiting;
	}

	/**
	 * Turns a credential away, or lets it in again. Tokens that it has got live on.
	 * @param {SandboxSystem} system where the credential is used
	 * @param {string} credential the public part: an app key or a user
	 * @param {boolean} [refuse] false lets it in again. Default true.
	 * @returns {Promise<void>}
	 */
	async refuse(system, credential, refuse = true) {
		await this.#control("POST", "refuse", { system, credential, refuse });
	}

	/**
	 * Queues faults. Those of one endpoint are used up in their order.
	 * @param {...Fault} faults what goes wrong, where, and how often
	 * @returns {Promise<number>} for how many requests faults are waiting now
	 */
	async faults(...faults) {
		for (const fault of faults) {
			await this.#control("POST", "faults", fault);
		}
		return (await this.state()).pendingFaults;
	}

	/**
	 * Forgets the faults that are waiting.
	 * @returns {Promise<number>} for how many requests they were
	 */
	async clearFaults() {
		return (await this.#control("DELETE", "faults")).cleared;
	}

	/**
	 * Changes the lifetimes of the tokens that come after.
	 * @param {Lifetimes} lifetimes in seconds; those that are absent stay
	 * @returns {Promise<Lifetimes>} all of them
	 */
	async lifetimes(lifetimes) {
		return this.#control("POST", "lifetimes", lifetimes);
	}

	/**
	 * What has happened: requests, tokens, lifetimes, refusals.
	 * @returns {Promise<SandboxState>}
	 */
	async state() {
		return this.#control("GET", "state");
	}

	/**
	 * Back to a new sandbox: tokens, counts, refusals, faults and changed lifetimes are forgotten.
	 * @returns {Promise<void>}
	 */
	async reset() {
		await this.#control("POST", "reset", {});
	}

	/**
	 * Ends it. Requests that are still delayed lose their connection. Nothing of it keeps the process running.
	 * @returns {Promise<void>}
	 */
	close() {
		return (this.#closing ??= (async () => {
			this.#program.stop();
			await this.#close();
		})());
	}

	/**
	 * @param {string} method
	 * @param {string} name
	 * @param {object} [body]
	 * @returns {Promise<any>} rejected with a SandboxError: `refused`, `closed` or `crashed`
	 */
	#control(method, name, body) {
		return control(this.#program, method, name, body);
	}
}

/**
 * Asks a control endpoint, without the way over a socket.
 * @param {import("./program.js").Program} program
 * @param {string} method
 * @param {string} name with its query
 * @param {object} [body]
 * @returns {Promise<any>} rejected with a SandboxError: `refused`, `closed` or `crashed`
 */
async function control(program, method, name, body) {
	const death = program.death();
	if (death) {
		throw new SandboxError(death.code, death.message, { cause: death.cause });
	}
	const sent = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body) ?? "");
	const { status, answer } = await new Promise((resolve, reject) => {
		let status = 0;
		/** @type {Uint8Array[]} */
		const parts = [];
		// In a turn of its own: a caller may be a clock that the program is asking at this moment.
		setImmediate(() =>
			program.serve(
				{ method, target: `/_sandbox/${name}`, headers: ["Content-Type", "application/json"], body: sent },
				{
					head: (code) => void (status = code),
					body: (bytes) => parts.push(bytes) > 0,
					end: () => resolve({ status, answer: JSON.parse(Buffer.concat(parts).toString()) }),
					crash: () => reject(program.death()),
				},
			),
		);
	});
	if (status !== 200) {
		throw new SandboxError("refused", `The sandbox refused ${name}: ${answer.error}.`);
	}
	return answer;
}

// Not a method of the class: its declaration would name a symbol that older TypeScript libraries do not have.
Object.defineProperty(Sandbox.prototype, Symbol.asyncDispose, { value: Sandbox.prototype.close, configurable: true, writable: true });

/**
 * What `await using` asks for, a method that does what `close` does, where the program's TypeScript library knows of it.
 * @typedef {typeof Symbol extends { readonly asyncDispose: infer S extends symbol } ? { [K in S]: () => Promise<void> } : {}} Disposable
 */

/**
 * Starts a strict sandbox of the systems on this machine. Several at once know nothing of each other.
 * @param {SandboxOptions} [options] its settings
 * @returns {Promise<Sandbox & Disposable>} rejected with a SandboxError: `invalid_option`, `not_listening` or `not_found`
 * @example
 * const sandbox = await createSandbox({ lifetimes: { isales: 2 } });
 * const client = createClient();
 * const token = await client.getToken(sandbox.identities.isales); // lives for two seconds
 * await sandbox.faults({ system: "isales", endpoint: "login", fault: "503" });
 * client.close();
 * await sandbox.close();
 */
export async function createSandbox(options) {
	const { host, port, settings, now } = readOptions(options);
	const program = await startProgram(settings, now);
	let server;
	try {
		server = await listen(program, { host, port });
		const { systems } = await control(program, "GET", systemsAt(server.url));
		return /** @type {Sandbox & Disposable} */ (new Sandbox(program, server, systems));
	} catch (error) {
		program.stop();
		await server?.close();
		throw error;
	}
}
