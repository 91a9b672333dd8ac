// A whole contact centre behind one edge: a session for each agent, whose token no two share.
import { readdir, readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { milli } from "../report.js";

const few = 1000;
const many = 10_000;

/**
 * @param {() => Promise<{ url: string, pid: number, stop: () => Promise<void> }>} start the edge, over the same storage each time
 * @param {(subject: string) => Promise<string>} tokenFor
 * @returns {Promise<import("../report.js").Row[]>}
 */
export async function centre(start, tokenFor) {
	const jwts = [];
	for (let i = 0; i < many; i++) {
		jwts.push(await tokenFor(`agent-${i}`));
	}
	let edge = await start();
	try {
		const token = (/** @type {number} */ i) => ask(`${edge.url}/v1/token`, /** @type {string} */ (jwts[i]));
		const arrival = await timed(() => all(range(0, few), few, token));
		const further = await each(range(few, few + 200), token);

		/** Each is asked for again when the front door's lease of a second is over, so that the keeper is asked. @param {typeof token} work */
		const cpuOf = async (work) => {
			const rounds = 4;
			const before = await cpuMs(edge.pid);
			for (let i = 0; i < rounds; i++) {
				await new Promise((resolve) => setTimeout(resolve, 1100));
				await all(range(0, few), 16, work);
			}
			return ((await cpuMs(edge.pid)) - before) / (rounds * few);
		};
		const cpu = await cpuOf(token);
		const poll = "/v1/call/messaging/apiaccess/ccmessaging/poll?channel=WEB";
		const cpuOfCall = await cpuOf((i) => ask(edge.url + poll, /** @type {string} */ (jwts[i]), ""));

		await edge.stop();
		edge = await start();
		const back = await timed(() => all(range(0, few), few, token));
		await edge.stop();
		edge = await start();
		await token(few);
		const cold = await each(range(0, 200), token);

		await all(range(0, few), 64, token);
		const small = await residentMiB(edge.pid);
		const openedSmall = await descriptors(edge.pid);
		await all(range(0, many), 64, token);
		const large = await residentMiB(edge.pid);
		const openedLarge = await descriptors(edge.pid);
		return [
			atMost(`edge: ${few} agents at once at a cold edge, all served`, arrival, 10_000, milli),
			atMost("edge: a first token of a further session, median", median(further), 20, milli),
			atMost(`edge: a restart with ${few} who come back, all served`, back, 5000, milli),
			atMost("edge: a session's return from storage, median", median(cold), 10, milli),
			atMost("edge: processor time of a token that the keeper is asked for", cpu, 1, milli),
			{ what: "edge: processor time of a sealed call whose keeper is asked", ours: milli(cpuOfCall) },
			atMost(`edge: memory with ${few} live sessions`, small, 300, (n) => `${n} MiB`),
			atMost(`edge: memory with ${many} live sessions`, large, 600, (n) => `${n} MiB`),
			{
				what: `edge: file descriptors with ${few} live sessions, and with ${many}; 64 connections`,
				ours: `${openedSmall}; ${openedLarge}`,
			},
			atMost("edge: memory for each further session", ((large - small) * 1024) / (many - few), 40, (n) => `${n.toFixed(1)} KiB`),
		];
	} finally {
		await edge.stop();
	}
}

/** @param {string} what @param {number} ours @param {number} most @param {(n: number) => string} shown @returns {import("../report.js").Row} */
const atMost = (what, ours, most, shown) => ({ what, ours: shown(ours), bar: `at most ${shown(most)}`, met: ours <= most });

const range = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from }, (_, i) => from + i);

/** @param {() => Promise<unknown>} work */
async function timed(work) {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

/** One after the other. @param {number[]} numbers @param {(i: number) => Promise<unknown>} work */
async function each(numbers, work) {
	const times = [];
	for (const i of numbers) {
		times.push(await timed(() => work(i)));
	}
	return times;
}

/** So many at once. @param {number[]} numbers @param {number} lanes @param {(i: number) => Promise<unknown>} work */
async function all(numbers, lanes, work) {
	const left = [...numbers];
	await Promise.all(
		Array.from({ length: lanes }, async () => {
			for (let i = left.shift(); i !== undefined; i = left.shift()) {
				await work(i);
			}
		}),
	);
}

const median = (/** @type {number[]} */ times) => times.sort((a, b) => a - b)[times.length >> 1] ?? NaN;

const agent = new Agent({ keepAlive: true });

/**
 * Not by fetch, which costs this process more than the edge.
 * @param {string} url
 * @param {string} jwt
 * @param {string} [body] "" for a GET
 * @returns {Promise<void>}
 */
function ask(url, jwt, body = '{"connection":"open-messaging"}') {
	return new Promise((resolve, reject) => {
		const headers = { authorization: `Bearer ${jwt}`, ...(body && { "content-type": "application/json" }) };
		const call = request(url, { method: body ? "POST" : "GET", agent, headers });
		call.on("error", (error) => {
			// a connection that is kept may be ended by the server just as it is used again
			const again = call.reusedSocket && /** @type {NodeJS.ErrnoException} */ (error).code === "ECONNRESET";
			again ? ask(url, jwt, body).then(resolve, reject) : reject(error);
		});
		call.once("response", (response) => {
			response.resume();
			response.once("end", () =>
				response.statusCode === 200 ? resolve() : reject(new Error(`${new URL(url).pathname} answers ${response.statusCode}`)),
			);
		});
		call.end(body);
	});
}

/** @param {number} pid */
export async function residentMiB(pid) {
	return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
}

/** @param {number} pid */
const descriptors = async (pid) => (await readdir(`/proc/${pid}/fd`)).length;

/** The processor time that a process has used; milliseconds. @param {number} pid */
export async function cpuMs(pid) {
	const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
	return (Number(fields[11]) + Number(fields[12])) * 10; // ticks of a hundredth of a second
}
