// Plays the conformance cases of core/vectors through the package's wrapper, in whatever runtime this is imported. The
// vendor, the clocks and the timers are the case's; the wrapper, the module and everything between are the real ones.
import { createClient } from "../js/client/client.js";
import { createModule } from "../js/module/module.js";

/**
 * @param {(location: object) => Promise<object>} load finds the WebAssembly module on this platform
 * @param {{ name: string, identity: object, options?: object, steps: object[] }[]} cases
 * @param {(error: unknown) => void} [told] of every error that a caller or a watcher gets
 * @returns {Promise<{ name: string, error?: string }[]>} one result for each case
 */
export async function play(load, cases, told) {
	const module = createModule(load);
	await module.start(); // so that no case waits for more than its own doing
	return playWith((options, clock) => createClient(module, options, clock), cases, told);
}

/**
 * The same through anything that has a client's functions.
 * @param {(options: object, clock: import("../js/client/clock.js").Clock) => object} create
 * @param {{ name: string, identity: object, options?: object, steps: object[] }[]} cases
 * @param {(error: unknown) => void} [told]
 * @param {number} [users] how many play each case at once with one client, every step by all of them before the next one.
 *   Each has vendors below a path of its own, so that no two share a session, or anything else
 * @returns {Promise<{ name: string, error?: string }[]>}
 */
export async function playWith(create, cases, told = () => {}, users = 1) {
	const results = [];
	for (const { name, identity, options, steps } of cases) {
		const host = new Host(create, identity, options, told, users);
		let at = 0;
		try {
			for (const step of steps) {
				at++;
				await host.play(step);
			}
			at++;
			await host.end();
			results.push({ name });
		} catch (error) {
			results.push({ name, error: `step ${at} ${JSON.stringify(steps[at - 1] ?? "end")}: ${error.message}` });
		} finally {
			host.client.close();
		}
	}
	return results;
}

class Host {
	now = { wall: 1_700_000_000_000, mono: 5_000 };
	timers = [];
	unseen = [];
	events = [];

	constructor(create, identity, { timeout, maxSessions } = {}, told, users) {
		this.told = told;
		this.users = Array.from({ length: users }, (_, i) => ({ user: users > 1 ? i + 1 : 0, open: [], callers: new Map() }));
		for (const one of this.users) {
			this.turn = one;
			one.identity = this.given(identity);
		}
		this.client = create(
			{
				fetch: (url, init) => this.fetch(url, init),
				onEvent: ({ type, error }) => {
					this.events.push(type);
					error && told(error);
				},
				...(timeout && { timeoutMs: timeout }),
				...(maxSessions && { maxSessions: users * maxSessions }),
			},
			{
				wall: () => this.now.wall,
				mono: () => this.now.mono,
				timer: (wake, ms, idle = false) => {
					const timer = { at: this.now.mono + ms, wake, idle };
					this.timers.push(timer);
					this.timers.sort((a, b) => a.at - b.at);
					return () => (this.timers = this.timers.filter((other) => other !== timer));
				},
			},
		);
	}

	/** What is open, and who has asked, of the user whose turn it is. */
	get open() {
		return this.turn.open;
	}

	get callers() {
		return this.turn.callers;
	}

	/** An identity as a caller gives it, with functions. */
	given(identity) {
		const { user } = this.turn;
		const given = { ...identity };
		for (const name of ["accessToken", "authorization", "token"]) {
			if (typeof given[name] === "object") {
				given[name] = () => this.exchange({ user, supplier: true });
			}
		}
		for (const name of user === 0 ? [] : ["baseUrl", "authUrl"]) {
			if (typeof given[name] === "string") {
				given[name] = given[name].replace(/^https?:\/\/[^/?#]+/i, `$&/user-${user}`);
			}
		}
		return given;
	}

	/** The identity of a step: its own, or the case's. */
	who({ identity }) {
		return identity ? this.given(identity) : this.turn.identity;
	}

	exchange(request) {
		return new Promise((resolve, reject) => this.unseen.push({ ...request, resolve, reject }));
	}

	fetch(url, { method, headers, body, signal }) {
		const { user, plain } = userOf(url);
		const target = new URL(plain);
		const query = Object.fromEntries(target.searchParams);
		target.search = "";
		const request = {
			user,
			method,
			url: target.href,
			query,
			headers: Object.fromEntries(new Headers(headers)),
			...(body instanceof URLSearchParams ? { form: Object.fromEntries(body) } : { body: body ?? "" }),
		};
		delete request.headers["content-type"]; // compared below, under its name
		const type = new Headers(headers).get("content-type");
		if (type !== null) {
			request.headers["content-type"] = type;
		}
		return new Promise((resolve, reject) => {
			signal?.addEventListener("abort", () => reject(signal.reason));
			this.unseen.push({ ...request, resolve, reject });
		});
	}

	async play(step) {
		const [verb, ...more] = Object.keys(step).filter((name) => name in Host.prototype.steps);
		if (!verb || more.some((name) => !["headers", "query", "body"].includes(name))) {
			throw new Error("a step must have one verb");
		}
		// Where time passes, or all is looked at, that is the same for everybody.
		const all = ["time", "sleep", "clock", "paused", "events", "quiet"].includes(verb);
		for (const one of all ? this.users.slice(0, 1) : this.users) {
			this.turn = one;
			await this.steps[verb].call(this, step[verb], step);
		}
	}

	async end() {
		await this.steps.quiet.call(this);
		for (const { callers } of this.users) {
			for (const [name, caller] of callers) {
				check(caller.settled, `${name} still waits at the end`);
			}
		}
	}

	/** The next request of the user whose turn it is that no step has named. */
	get next() {
		return this.unseen.find(({ user }) => user === this.turn.user);
	}

	named() {
		return this.unseen.splice(this.unseen.indexOf(this.next), 1)[0];
	}

	ask(name, work) {
		check(!this.callers.has(name), "a caller asks once");
		const caller = { settled: false };
		this.callers.set(name, caller);
		const done = (fields) => Object.assign(caller, fields, { settled: true });
		work().then(
			(value) => done({ value }),
			(error) => {
				this.told(error);
				done({ error });
			},
		);
		return turns();
	}

	/** What a caller got, once it is there. */
	async outcome(name) {
		const caller = this.callers.get(name);
		check(caller, `nobody is called ${name}`);
		await until(() => caller.settled, `${name} must not wait any more`);
		return caller;
	}

	async success(name) {
		const { value, error } = await this.outcome(name);
		if (error) {
			throw error;
		}
		return value;
	}

	take({ to }) {
		const at = to === undefined ? 0 : this.open.findIndex((request) => request.name === to);
		check(this.open[at], "a request must be open");
		return this.open.splice(at, 1)[0];
	}

	async pass(ms) {
		const end = this.now.mono + ms;
		while (this.timers[0]?.at <= end) {
			const timer = this.timers.shift();
			this.now.wall += timer.at - this.now.mono;
			this.now.mono = timer.at;
			timer.wake();
			await turns();
		}
		this.now.wall += end - this.now.mono;
		this.now.mono = end;
	}

	steps = {
		get(name, step) {
			const { force, rejected } = step;
			const options = force || rejected ? { forceRefresh: force, rejected } : undefined;
			return this.ask(name, () => this.client.getToken(this.who(step), options));
		},
		call(name, step) {
			const { body = "", stream, method = "POST", path = "/business" } = step;
			const init = { method, body: stream ? new Blob([body]).stream() : body, duplex: "half" };
			return this.ask(name, () => this.client.fetch(this.who(step), path, init));
		},
		signIn(name, step) {
			return this.ask(name, () => this.client.signIn(this.who(step), { force: step.force }));
		},
		signOut(name, step) {
			return this.ask(name, () => this.client.signOut(this.who(step)));
		},
		async keepAlive(_, step) {
			this.client.keepAlive(this.who(step));
			await turns();
		},
		verify(name, step) {
			return this.ask(name, () => this.client.verifyToken(step.value, this.who(step)));
		},
		async sent(wanted, { as }) {
			await until(() => this.next, "a request must be out");
			const request = this.named();
			check(!request.supplier, "a request must be out, not a question to the caller's function");
			for (const [member, want] of Object.entries(wanted)) {
				const got = member === "json" ? JSON.parse(request.body) : request[member];
				same(member === "headers" ? onlyThese(got, want) : got, member === "headers" ? lowered(want) : want, member);
			}
			this.open.push({ ...request, name: as });
		},
		async asked() {
			await until(() => this.next?.supplier, "the caller's function must have been called");
			this.open.push(this.named());
		},
		async answer({ status, headers, body = "", size }, step) {
			const text = size ? " ".repeat(size) : typeof body === "string" ? body : JSON.stringify(body);
			const type = { "content-type": "application/json" };
			this.take(step).resolve(new Response(streamOf(text), { status, headers: { ...type, ...headers } }));
			await turns();
		},
		async lose(when, step) {
			const { resolve, reject } = this.take(step);
			if (when === "sending") {
				reject(new TypeError("fetch failed"));
			} else if (when === "connecting") {
				reject(new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) }));
			} else if (when === "agreeing") {
				reject(new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ERR_SSL_WRONG_VERSION_NUMBER" }) }));
			} else {
				const broken = new ReadableStream({ pull: (c) => c.error(new TypeError("terminated")) });
				resolve(new Response(broken, { status: 200 }));
			}
			await turns();
		},
		async supply(token, step) {
			const { resolve, reject } = this.take(step);
			token === null ? reject(new Error("no token today")) : resolve(token);
			await turns();
		},
		time(ms) {
			return this.pass(ms);
		},
		async sleep(ms) {
			this.now.wall += ms;
		},
		async clock(ms) {
			this.now.wall += ms;
		},
		async paused(bounds) {
			const pauses = () => this.timers.filter(({ idle }) => !idle).slice(0, this.users.length);
			await until(() => pauses().length === this.users.length, "a pause must be running");
			const left = pauses().map(({ at }) => at - this.now.mono);
			left.forEach((ms) => within(ms, bounds, "pause"));
			await this.pass(left.at(-1));
		},
		async token(name, { value, headers, query, body, life }) {
			const token = await this.success(name);
			same(token.value, value, "value");
			headers && same(lowered(token.headers), lowered(headers), "headers");
			query && same(token.query, query, "query");
			body && same(token.body, body, "body");
			if (life !== undefined) {
				same(token.expiresAt && token.expiresAt - token.issuedAt, life, "life");
			}
		},
		async error(name, { error: _, retryIn, cause, ...wanted }) {
			const { error } = await this.outcome(name);
			check(error?.name === "TokenError", `a TokenError must have come, not ${error ?? "success"}`);
			for (const [member, want] of Object.entries(wanted)) {
				same(error[member] ?? "", want, member);
			}
			cause && same(error.cause?.code, cause, "cause");
			retryIn && within(error.retryAt - this.now.wall, retryIn, "retryIn");
		},
		async verdict(name, { verdict: _, ...wanted }) {
			const got = await this.success(name);
			for (const [member, want] of Object.entries(wanted)) {
				same(got[member], want, member);
			}
		},
		async done(name) {
			await this.success(name);
		},
		async result(name, { status }) {
			same((await this.success(name)).status, status, "status");
		},
		async pending(name) {
			await turns();
			check(this.callers.get(name)?.settled === false, `${name} must still wait`);
		},
		async quiet() {
			await turns();
			const [request] = this.unseen;
			check(!request, `a request is out that no step has named: ${request?.method} ${request?.url}`);
		},
		async forget(_, step) {
			this.client.session(this.who(step)).forget();
			await turns();
		},
		async online() {
			this.client.online();
			await turns();
		},
		async events(types) {
			await turns();
			const together = this.users.length > 1; // then in whatever order they had them
			const all = this.users.flatMap(() => types);
			same(together ? this.events.sort() : this.events, together ? all.sort() : all, "events");
			this.events = [];
		},
	};
}
Host.prototype.steps = Object.fromEntries(
	[
		"get",
		"call",
		"signIn",
		"signOut",
		"keepAlive",
		"verify",
		"sent",
		"asked",
		"answer",
		"lose",
		"supply",
		"time",
		"sleep",
		"clock",
		"paused",
		"token",
		"error",
		"verdict",
		"done",
		"result",
		"pending",
		"quiet",
		"forget",
		"online",
		"events",
	].map((verb) => [verb, true]),
);

/** The user whose request goes to a URL, where several play, and that URL as it is for one alone. @param {string} url */
export function userOf(url) {
	const [, origin, user, rest] = /^(https?:\/\/[^/?#]+)\/user-(\d+)(.*)$/.exec(url) ?? [];
	return user === undefined ? { user: 0, plain: url } : { user: Number(user), plain: `${origin}${rest}` };
}

/** Lets everything run that can run: promises, and the steps of a response's stream. */
async function turns() {
	for (let i = 0; i < 4; i++) {
		await new Promise((resolve) => {
			const { port1, port2 } = new MessageChannel();
			port1.onmessage = () => {
				port1.close();
				resolve();
			};
			port2.postMessage(0);
		});
	}
}

async function until(condition, message) {
	const end = performance.now() + 5000; // a machine may be slow; what does not come at all costs a failure this long
	while (!condition()) {
		if (performance.now() > end) {
			throw new Error(message);
		}
		await turns();
	}
}

/** A body that is there at once: a browser hands that of a string over from another thread, who knows when. */
function streamOf(text) {
	return text === ""
		? null
		: new ReadableStream({
				start(controller) {
					controller.enqueue(new TextEncoder().encode(text));
					controller.close();
				},
			});
}

function check(condition, message) {
	if (!condition) {
		throw new Error(message);
	}
}

function same(got, want, what) {
	const [a, b] = [got, want].map((value) => JSON.stringify(sorted(value)));
	check(a === b, `${what} must be ${b}, is ${a}`);
}

function sorted(value) {
	if (Array.isArray(value)) {
		return value.map(sorted);
	}
	if (typeof value === "object" && value !== null) {
		return Object.fromEntries(
			Object.keys(value)
				.sort()
				.map((key) => [key, sorted(value[key])]),
		);
	}
	return value;
}

function within(got, { min, max }, what) {
	check(got >= min && got <= max, `${what} must be from ${min} to ${max}, is ${got}`);
}

function lowered(headers) {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A business call may carry a content type that its case does not speak of. */
function onlyThese(got, want) {
	const { "content-type": type, ...rest } = got;
	return "content-type" in lowered(want) ? got : rest;
}
