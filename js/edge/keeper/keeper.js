// The Durable Object that keeps sessions: a Go program that lives as long as the object, and is started anew when it dies.
import keeperModule from "../../../dist/keeper.wasm";
import { platformClock } from "../../client/clock.js";
import { keeperConnections, keeperTimeoutMs, problemMedia, problemUrn } from "../../generated/limits.js";
import { Measures } from "../metrics/measures.js";
import { StopList, stopsPath } from "../operator/stop-list.js";
import { Host } from "./host.js";
import { reach } from "./objects.js";
import { Records } from "./records.js";
import { Program } from "./program.js";

/**
 * What the object needs of its environment.
 * @typedef {object} Env
 * @property {import("./objects.js").DurableObjectNamespaceLike} KEEPER its own namespace
 * @property {string} [STORAGE_KEYS] secret: "id:base64url-of-32-bytes,…"; the first one seals, all of them open
 * @property {string} [KEEPER_TIMEOUT_MS] how long an acquisition may take with all its tries; 20,000 by default
 * @property {import("../metrics/measures.js").Analytics} [ANALYTICS] where what happens is written to as well
 * @property {string} [KEEPER_CONNECTIONS] how many requests to vendors an object has under way at once; 6 by default
 */

/**
 * What a test puts in place of the platform.
 * @typedef {Partial<import("./host.js").Outside> & { maxSessions?: number, timeoutMs?: number, graceMs?: number }} Stand
 */

/**
 * How much longer than its own limit a program may take to answer. One that then answers nobody for three times as long
 * counts as stuck.
 */
const defaultGraceMs = 5000;

/**
 * The Durable Object class of the binding `KEEPER`: it keeps the sessions, whose tokens it stores encrypted. Only the edge
 * calls it, and the keepers one another.
 */
export class Keeper {
	/** @type {{ id: { toString: () => string }, storage: import("./records.js").Storage }} */ #ctx;
	/** @type {Records} */ #records;
	/** @type {Env} */ #env;
	/** @type {import("./host.js").Outside} */ #outside;
	/** @type {number} */ #maxSessions;
	/** @type {string} */ #timeout;
	/** @type {number} */ #graceMs;
	/** @type {Program | undefined} */ #program;
	/** Where this object is the one that has it. @type {StopList | undefined} */ #stops;

	/**
	 * @param {{ id: { toString: () => string }, storage: import("./records.js").Storage }} ctx
	 * @param {Env} env
	 * @param {Stand} stand
	 */
	constructor(ctx, env, { maxSessions = 0, timeoutMs, graceMs = defaultGraceMs, ...outside } = {}) {
		this.#ctx = ctx;
		this.#records = new Records(ctx.storage);
		this.#env = env;
		this.#maxSessions = maxSessions;
		this.#timeout = String(timeoutMs ?? env.KEEPER_TIMEOUT_MS ?? keeperTimeoutMs); // Go checks it
		this.#graceMs = graceMs;
		const object = ctx.id.toString().slice(0, 16); // tells objects apart in the log; it is a keyed hash
		const measures = new Measures(env.ANALYTICS);
		this.#outside = {
			clock: platformClock,
			fetch: (url, init) => fetch(url, init),
			ask: (object, url, init) => reach(env.KEEPER, object).fetch(url, init),
			log(line) {
				measures.event(JSON.parse(line));
				console.log(`{"keeper":"${object}",${line.slice(1)}`);
			},
			login: (system, step) => measures.login(system, step),
			...outside,
		};
	}

	/**
	 * Answers the front door, or another keeper; 503 `module_failed` where the program died or says nothing in time.
	 * @internal
	 * @param {Request} request
	 * @returns {Promise<Response>}
	 */
	async fetch(request) {
		const body = await request.text();
		const { pathname } = new URL(request.url);
		if (pathname === stopsPath) {
			this.#stops ??= new StopList(this.#ctx.storage);
			return this.#stops.answer(JSON.parse(body));
		}
		if ((pathname === "/status" || pathname === "/reset") && !this.#lives) {
			return Response.json({ running: false }); // to look at it does not start it
		}
		let program;
		try {
			program = this.#running();
			return await this.#bounded(program, program.answer(request.method, request.url, body));
		} catch {
			// Why is not told: a panic's text may quote a token. That it happened is.
			program?.end();
			this.#outside.log('{"event":"program_died"}');
			return moduleFailed();
		}
	}

	/**
	 * Once a day: records that are of no use any more are deleted. It does not start the program.
	 * @internal
	 */
	async alarm() {
		await this.#records.turn();
	}

	/**
	 * An answer, or that there is none in time. That is told to who asked; the program has other sessions, and may still store
	 * the token that it waits for. One that says nothing to anybody is ended.
	 * @param {Program} program
	 * @param {Promise<Response>} answer
	 */
	#bounded(program, answer) {
		const limit = (Number(this.#timeout) || keeperTimeoutMs) + this.#graceMs;
		/** @type {(response: Response) => void} */
		let giveUp;
		const late = /** @type {Promise<Response>} */ (new Promise((resolve) => (giveUp = resolve)));
		const stop = platformClock.timer(() => {
			this.#outside.log('{"event":"program_late"}');
			giveUp(moduleFailed());
			this.#endIfStuck(program);
		}, limit);
		const answered = answer.finally(stop);
		answered.catch(() => {}); // nobody looks at it any more when it is late
		return Promise.race([answered, late]);
	}

	/** @param {Program} program */
	#endIfStuck(program) {
		const { answers } = program;
		platformClock.timer(() => {
			if (program.answers === answers && !program.dead) {
				this.#outside.log('{"event":"program_stuck"}');
				program.end();
			}
		}, 3 * this.#graceMs);
	}

	get #lives() {
		return this.#program !== undefined && !this.#program.dead && !this.#program.broken;
	}

	/** The program, started anew where it has died, or where its last record was not stored. */
	#running() {
		if (this.#program?.broken) {
			this.#program.end();
		}
		if (!this.#program || this.#program.dead) {
			this.#program = new Program(
				keeperModule,
				new Host({
					storageKeys: this.#env.STORAGE_KEYS ?? "",
					timeout: this.#timeout,
					maxSessions: this.#maxSessions,
					connections: String(this.#env.KEEPER_CONNECTIONS ?? keeperConnections),
					place: this.#ctx.id.toString(),
					records: this.#records,
					outside: this.#outside,
				}),
			);
		}
		return this.#program;
	}
}

function moduleFailed() {
	const problem = {
		type: `${problemUrn}module_failed`,
		title: "the keeper's program has failed and is started anew; try again",
		status: 503,
		code: "module_failed",
		retryable: true,
		retryAfter: 1,
	};
	return new Response(JSON.stringify(problem), {
		status: 503,
		headers: { "content-type": problemMedia, "cache-control": "no-store", "retry-after": "1" },
	});
}
