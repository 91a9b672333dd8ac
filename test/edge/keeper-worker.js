// The Worker around the keeper for its tests: POST /{object}/{path} goes to the object of that name, as the front door
// would send it. What a test does to an object from outside goes to /{object}/_{what}.
import { Keeper as Real } from "../../js/edge/keeper/keeper.js";
import { platformClock } from "../../js/client/clock.js";

/** The same in all objects of one isolate. */
const isolate = { id: "", memories: [], trap: false };

// Whatever is started in this isolate, its memory is seen.
const Instance = WebAssembly.Instance;
WebAssembly.Instance = function (module, { gojs, ...imports }) {
	const nanotime = gojs["runtime.nanotime1"];
	const instance = new Instance(module, {
		...imports,
		gojs: {
			...gojs,
			// As where the stack or the memory is exhausted: the program is left in the middle, and cannot notice.
			"runtime.nanotime1"(sp) {
				if (isolate.trap) {
					isolate.trap = false;
					throw new Error("token-in-a-trap");
				}
				return nanotime(sp);
			},
		},
	});
	isolate.memories.push(instance.exports.mem);
	return instance;
};
WebAssembly.Instance.prototype = Instance.prototype; // Go asks whether its instance is one

export class Keeper {
	#ctx;
	#keeper;
	#faults = { clock: false, load: false, put: false, shift: 0 };

	constructor(ctx, env) {
		this.#ctx = ctx;
		const faults = this.#faults;
		const storage = {
			get: (key) => (faults.load ? new Promise(() => {}) : ctx.storage.get(key)),
			put: (entries) => (faults.put ? Promise.reject(new Error("disk full: value-in-an-error")) : ctx.storage.put(entries)),
			sync: () => ctx.storage.sync(),
			getAlarm: () => ctx.storage.getAlarm(),
			setAlarm: (at) => ctx.storage.setAlarm(at),
			kv: ctx.storage.kv,
		};
		this.#keeper = new Real({ id: ctx.id, storage }, env, {
			graceMs: Number(env.GRACE_MS ?? 5000),
			maxSessions: Number(env.MAX_SESSIONS ?? 0),
			clock: {
				...platformClock,
				wall() {
					if (faults.clock) {
						faults.clock = false;
						throw new Error("token-in-a-panic");
					}
					return platformClock.wall() + faults.shift;
				},
				mono: () => platformClock.mono() + faults.shift, // it is the time of day, too
			},
		});
	}

	alarm() {
		return this.#keeper.alarm();
	}

	async fetch(request) {
		const { pathname } = new URL(request.url);
		switch (pathname) {
			case "/_tomorrow": // the alarm is due
				await this.#ctx.storage.setAlarm(Date.now());
				return new Response();
			case "/_stored": {
				const alarm = await this.#ctx.storage.getAlarm();
				const stored = [...this.#ctx.storage.kv.list()];
				return Response.json({ alarm, day: this.#ctx.storage.kv.get("day"), keys: stored.map(([key]) => key) });
			}
			case "/_abort":
				return this.#ctx.abort("evicted by a test");
			case "/_fault": {
				const { trap = false, ...faults } = await request.json();
				isolate.trap = trap;
				Object.assign(this.#faults, faults);
				return new Response();
			}
			case "/_all": {
				const { lanes, path, bodies } = await request.json();
				const answers = [];
				const one = async () => {
					for (let i = answers.length; i < bodies.length; i = answers.length) {
						answers.push(undefined);
						const asks = new Request(`https://keeper${path}`, { method: "POST", body: JSON.stringify(bodies[i]) });
						const answer = await this.#keeper.fetch(asks);
						const { code, value } = await answer.json();
						answers[i] = { status: answer.status, code, value };
					}
				};
				await Promise.all(Array.from({ length: lanes }, one));
				return Response.json(answers);
			}
			case "/_repeat": {
				const { times, path, body } = await request.json();
				for (let i = 0; i < times; i++) {
					const again = new Request(`https://keeper${path}`, { method: "POST", body: JSON.stringify(body) });
					await (await this.#keeper.fetch(again)).text();
				}
				return new Response();
			}
			case "/_isolate":
				isolate.id ||= crypto.randomUUID();
				return Response.json({
					id: isolate.id,
					programs: isolate.memories.length,
					largest: Math.max(...isolate.memories.map((memory) => memory.buffer.byteLength)),
					leaked: ["Go", "fs", "process", "path", "context"].filter((name) => name in globalThis),
				});
		}
		return this.#keeper.fetch(request);
	}
}

export default {
	async fetch(request, env) {
		const [, name, path] = new URL(request.url).pathname.split("/");
		const { method, body } = request;
		return env.KEEPER.get(env.KEEPER.idFromName(name)).fetch(`https://keeper/${path}`, { method, body });
	},
};
