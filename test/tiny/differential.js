// The same random calls to two cores, whose answers must be the same text. It runs wherever this can be imported.
import { errands } from "../../js/generated/limits.js";
import { createModule } from "../../js/module/module.js";
import { CoreClient, check } from "../../js/module/wall.js";

/** What vendors answer, and who asks, as the conformance cases have it. @typedef {{ identity: any, answers: any[] }} Told */

/**
 * @param {{ identity: object, steps: any[] }[]} cases
 * @returns {Told[]} of each identity its answers
 */
export function toldIn(cases) {
	/** @type {Map<string, Told>} */
	const all = new Map();
	for (const { identity, steps } of cases) {
		const key = JSON.stringify(identity);
		const told = all.get(key) ?? { identity, answers: [] };
		told.answers.push(...steps.flatMap(({ answer }) => (answer && !answer.size ? [answer] : [])));
		all.set(key, told);
	}
	return [...all.values()];
}

/**
 * @param {import("../../js/module/module.js").Load[]} loads of the two
 * @param {Told[]} told
 * @param {number} seed
 * @param {number} calls how many
 * @returns {Promise<{ calls: number, texts: number, tokens: number, difference?: string }>} texts: of how many different
 *   answers; tokens: how many calls brought one
 */
export async function differ(loads, told, seed, calls) {
	const worlds = await Promise.all(loads.map(async (load) => new Recorded(await createModule(load).start())));
	const random = randomFrom(seed);
	const caller = new Caller(random, told);
	const texts = new Set();
	let tokens = 0;
	for (let i = 0; i < calls; i++) {
		const { name, act } = caller.next();
		const [first, second] = worlds.map((world) => world.does(act));
		const [said, other] = [first, second].map((done) => done?.said.join("\n") ?? "");
		if (said !== other) {
			return { calls: i, texts: texts.size, tokens, difference: `call ${i}, ${name}:\n${said}\n${other}` };
		}
		texts.add(said);
		tokens += said.includes('"token":') ? 1 : 0;
		caller.learn(first?.result);
	}
	return { calls, texts: texts.size, tokens };
}

/** A core of which all is written down that it says. */
class Recorded {
	/** @type {(string | number)[]} */ #said = [];
	/** @type {Map<number, CoreClient>} */ clients = new Map();

	/** @param {import("../../js/module/module.js").Instance} instance */
	constructor(instance) {
		const note = (/** @type {string | number} */ said) => (this.#said.push(said), said);
		const noted =
			(/** @type {string} */ name) =>
			(/** @type {number[]} */ ...args) => {
				const result = instance.call(name, ...args);
				return name === "input" || name === "output" ? result : note(result); // where its buffers lie is its own business
			};
		this.instance = {
			...instance,
			exports: Object.fromEntries(["live", "lease", "hold"].map((name) => [name, noted(name)])),
			call: (/** @type {string} */ name, /** @type {number[]} */ ...args) => noted(name)(...args),
			write: (/** @type {string} */ text, /** @type {Uint8Array} */ bytes) => instance.write(text, bytes),
			writeTexts: (/** @type {string[]} */ strings, /** @type {Uint8Array} */ bytes) => instance.writeTexts(strings, bytes),
			read: (/** @type {number} */ pointer, /** @type {number} */ length) => note(instance.read(pointer, length)),
		};
	}

	/** @param {(world: Recorded) => any} act */
	does(act) {
		this.#said = [];
		const result = act(this);
		return { result, said: this.#said };
	}
}

/** @param {number} seed @returns {() => number} from 0 to 1 (mulberry32) */
function randomFrom(seed) {
	return () => {
		seed = (seed + 0x6d2b79f5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

const encoder = new TextEncoder();
const kept = 40; // so many exchanges and sessions are remembered, of whatever age
const slots = 3; // clients at once

/** Decides what is called next, by what was answered so far. */
class Caller {
	/** @type {{ id: number, system: any, slot: number }[]} */ #sessions = [];
	/** @type {{ id: number, told: Told, slot: number }[]} */ #exchanges = [];
	/** @type {string[]} */ #states = [""];
	/** @type {string[]} */ #values = ["", "no-token"];
	#now = { wall: 1_700_000_000_000, mono: 5000 };
	/** What the call was about, whose result is learnt next. @type {{ slot: number, told?: Told }} */ #about = { slot: 0 };

	/**
	 * @param {() => number} random
	 * @param {Told[]} told
	 */
	constructor(random, told) {
		this.random = random;
		this.told = told;
	}

	/** @param {number} n */
	below(n) {
		return Math.floor(this.random() * n);
	}

	/** @template T @param {readonly T[]} list @returns {T} */
	one(list) {
		return /** @type {T} */ (list[this.below(list.length)]);
	}

	/** A text as it is, or, one time in eight, with something wrong in it. @param {string} text */
	perhaps(text) {
		if (this.below(8) > 0) {
			return text;
		}
		const at = this.below(text.length + 1);
		return this.one([
			text.slice(0, at),
			text.slice(at),
			`${text.slice(0, at)}${this.one(['"', "\\", "{", "]", ",", "é", "\u{1F422}", "\0", "9e999", "null"])}${text.slice(at + this.below(2))}`,
			`${text}${text}`,
		]);
	}

	/** What vendors answer. @param {Told} told */
	answer(told) {
		const from = this.below(8) ? told : this.one(this.told);
		const { status = 200, headers = {}, body = "" } = from.answers.length ? this.one(from.answers) : {};
		const low = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
		const head = {
			status: this.below(10) ? status : this.one([200, 204, 400, 401, 403, 404, 418, 429, 500, 502, 503]),
			...(low["retry-after"] && { retryAfter: low["retry-after"] }),
			...(low["date"] && { date: low["date"] }),
			...(this.below(4) === 0 && { retryAfter: this.one(["1", "120", "-1", "x", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999"]) }),
			...(this.below(6) === 0 && { rolled: this.perhaps(this.one(this.#values)) }),
			...(this.below(4) === 0 && { age: this.below(100_000) }),
		};
		return { head, body: encoder.encode(this.perhaps(typeof body === "string" ? body : JSON.stringify(body))) };
	}

	/** @returns {{ name: string, act: (world: Recorded) => any }} */
	next() {
		const time = this.one([0, 0, 1, 50, 1000, 40_000, 400_000, 3_000_000]);
		this.#now = { wall: this.#now.wall + time - (this.below(200) ? 0 : 50_000), mono: this.#now.mono + time };
		const { wall, mono } = this.#now;
		const now = { wall, mono };
		const slot = this.below(slots);
		this.#about = { slot };
		const seed = /** @type {[number, number]} */ ([this.below(2 ** 32), this.below(2 ** 32)]);
		const settings = {
			seed,
			timeoutMs: this.one([1000, 30_000]),
			maxSessions: this.one([1, 3, 20, 1000]),
			...(this.below(2) && { onEvent: true }),
			...(this.below(4) === 0 && { store: true }),
		};
		const fresh = (/** @type {Recorded} */ world) => {
			world.clients.get(slot)?.discard();
			world.clients.set(slot, new CoreClient(/** @type {any} */ (world.instance), settings));
		};
		const core = (/** @type {Recorded} */ world) =>
			/** @type {CoreClient} */ (world.clients.get(slot) ?? (fresh(world), world.clients.get(slot)));
		const sessions = this.#sessions.filter((session) => session.slot === slot);
		const exchanges = this.#exchanges.filter((exchange) => exchange.slot === slot);
		const session = sessions.length && this.below(30) ? this.one(sessions) : undefined;
		const exchange = exchanges.length && this.below(30) ? this.one(exchanges) : undefined;
		const told = session?.system ?? this.one(this.told);
		const [s, x] = [session?.id ?? this.below(5), exchange?.id ?? this.below(5)];
		const value = this.perhaps(this.one(this.#values));
		const { head, body } = this.answer(exchange?.told ?? told);
		const place = `${this.one(["GET", "POST"])} /${this.below(4)}`;
		const user = this.one(["", "", "u1", "u2"]);
		const serial = this.one([0, 1, 2, 3, 4, 5]);
		const flag = this.below(4) === 0;

		/** @type {Record<string, [number, (world: Recorded) => any]>} each with its weight */
		const calls = {
			create: [this.below(40) ? 0 : 1, fresh],
			check: [1, ({ instance }) => check(/** @type {any} */ (instance), identity)],
			open: [12, (world) => core(world).open(identity, now)],
			get: [20, (world) => core(world).get(s, now, flag, serial * Number(!flag), value, user)],
			plain: [20, (world) => core(world).get(s, now, false, 0, "")],
			attend: [6, (world) => core(world).attend(s, now, errand)],
			answered: [40, (world) => core(world).answered(x, now, head, body)],
			lost: [6, (world) => core(world).lost(x, now, code, reach)],
			supplied: [6, (world) => core(world).supplied(x, now, { token: value, lifeMs: lifetime })],
			woken: [10, (world) => core(world).woken(x, now)],
			online: [1, (world) => core(world).online(now)],
			live: [6, (world) => core(world).live(s, wall, mono)],
			lease: [6, (world) => core(world).lease(s, wall, mono)],
			hold: [2, (world) => core(world).hold(s, holds)],
			judge: [16, (world) => core(world).judge(s, serial, place, sent, now, head, body, user)],
			accepted: [4, (world) => core(world).accepted(s, serial, place, user, now)],
			replayed: [2, (world) => core(world).replayed(s, now)],
			verify: [8, (world) => core(world).verify(s, now, value)],
			view: [3, (world) => core(world).view(s, now)],
			relent: [2, (world) => core(world).relent(s, now)],
			forget: [1, (world) => core(world).forget(s, now)],
			name: [2, (world) => core(world).name(s)],
			state: [5, (world) => ({ state: core(world).state(s, now) })],
			adopt: [5, (world) => core(world).adopt(s, now, age, state, held)],
			alone: [1, (world) => core(world).alone(flag)],
		};
		const identity = this.perhaps(JSON.stringify(numbered(told.identity, this.below(3))));
		const errand = this.one(Object.values(errands));
		const code = this.one(["network", "timeout", "response_too_large", "redirected", "fetch_failed", "supplier_failed"]);
		const reach = this.one(/** @type {const} */ (["unanswered", "answering", "unsent"]));
		const [lifetime, age, holds] = [this.one([0, 1000, 3_600_000, 1e12]), this.below(100_000), this.one([1, 1, -1])];
		const sent = { wall: wall - this.below(1000), mono: Math.max(0, mono - this.below(1000)) };
		const [state, held] = [this.perhaps(this.one(this.#states)), this.one([0, x])];

		let left = this.below(Object.values(calls).reduce((sum, [weight]) => sum + weight, 0));
		for (const [name, [weight, act]] of Object.entries(calls)) {
			left -= weight;
			if (left < 0) {
				this.#about = { slot, told };
				if (name === "create") {
					this.#sessions = this.#sessions.filter((session) => session.slot !== slot);
					this.#exchanges = this.#exchanges.filter((exchange) => exchange.slot !== slot);
				}
				return { name, act };
			}
		}
		throw new Error("the weights do not add up");
	}

	/** @param {any} result of the call that was decided on last */
	learn(result) {
		const { slot, told = this.one(this.told) } = this.#about;
		if (result?.session) {
			this.#sessions = [...this.#sessions, { id: result.session, system: told, slot }].slice(-kept);
		}
		for (const effect of result?.effects ?? []) {
			if (effect.do === "send" || effect.do === "sleep") {
				const owner = this.#sessions.find(({ id, slot: at }) => id === effect.session && at === slot)?.system ?? told;
				this.#exchanges = [...this.#exchanges, { id: effect.id, told: owner, slot }].slice(-kept);
			}
			effect.token && (this.#values = [...this.#values, effect.token.value].slice(-kept));
		}
		result?.state && (this.#states = [...this.#states, result.state].slice(-kept));
	}
}

/** One of several users of the same description, and functions as the wall has them. @param {any} identity @param {number} n */
function numbered(identity, n) {
	return Object.fromEntries(
		Object.entries(identity).map(([name, value]) =>
			typeof value === "object"
				? [name, n + 1]
				: [name, /^(user|appKey|agentId|userName|subject)/.test(name) ? `${value}${n || ""}` : value],
		),
	);
}
