// Starts processes of one application (member.js), and has them do things.
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";

/** Where the store of a test is. @typedef {{ kind: "file" | "redis" | "ioredis", where: string, keys?: string, prefix?: string }} Place */
/** @typedef {{ store: Place, skewMs?: number, dies?: object }} Setting */

/**
 * Starts one that does what it is asked.
 * @typedef {(setting: any) => Promise<{ ask: (does: string, asked?: object) => Promise<any>, end: () => Promise<unknown> }>} Start
 */

export const someKeys = () => `k1:${randomBytes(32).toString("base64url")}`;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Ends those that a test that has failed has left. */
export function endAll() {
	for (const child of running) {
		child.kill("SIGKILL");
	}
}

/**
 * @param {Setting} setting
 */
export async function startMember(setting) {
	const child = fork(new URL("member.js", import.meta.url), [JSON.stringify(setting)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
	running.add(child);
	child.once("exit", () => running.delete(child));
	/** @type {Map<string, (answer: any) => void>} */
	const waiting = new Map();
	child.on("message", (/** @type {any} */ { id, answer }) => waiting.get(id)?.(answer));
	const exited = once(child, "exit");
	let number = 0;
	/** @param {string} id */
	const answerTo = (id) =>
		Promise.race([new Promise((resolve) => waiting.set(id, resolve)), exited.then(([, signal]) => ({ killed: signal }))]);
	const ready = answerTo("ready");
	const member = {
		/** Resolves with the signal that has ended it. */
		killed: exited.then(([, signal]) => signal),
		/** Resolves when it is about to stop, as it was told to; it can be continued then. */
		stops: answerTo("stops"),
		/** @param {NodeJS.Signals} signal */
		signal: (signal) => child.kill(signal),
		/**
		 * @param {string} does
		 * @param {object} [asked]
		 * @returns {Promise<any>} with `killed` where it was
		 */
		async ask(does, asked = {}) {
			const id = String(++number);
			const answer = answerTo(id);
			child.send({ id, does, ...asked }, () => {});
			return answer;
		},
		async end() {
			if (child.exitCode === null && child.signalCode === null) {
				child.send({ id: "end", does: "end" }, () => {});
				await exited;
			}
		},
	};
	await ready;
	return member;
}

/**
 * @param {number} count
 * @param {Setting | ((i: number) => Setting)} setting
 * @param {Start} [start] another way to start one
 */
export async function startMembers(count, setting, start = startMember) {
	const members = await Promise.all(Array.from({ length: count }, (_, i) => start(typeof setting === "function" ? setting(i) : setting)));
	return {
		members,
		/** @param {string} does @param {object} [asked] */
		all: (does, asked) => Promise.all(members.map((member) => member.ask(does, asked))),
		end: () => Promise.all(members.map((member) => member.end())),
	};
}

/**
 * Waits until something is so.
 * @template T
 * @param {() => Promise<T>} look
 * @param {(seen: T) => boolean} so
 * @param {string} what
 */
export async function until(look, so, what) {
	const end = performance.now() + 30_000;
	for (;;) {
		const seen = await look();
		if (so(seen)) {
			return seen;
		}
		if (performance.now() > end) {
			throw new Error(`${what}: still ${JSON.stringify(seen)}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
