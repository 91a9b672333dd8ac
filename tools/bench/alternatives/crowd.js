// A thousand callers at once of one identity that has no token yet: the time until all are served, and the logins that
// the sandbox has counted meanwhile.
//
//	node tools/bench/alternatives/crowd.js URL SANDBOX
import { controls } from "../../demo/server.js";
import { rounds } from "./rounds.js";
import { ways } from "./ways.js";

const [, , url, address] = process.argv;
const callers = 1000;
const sandbox = controls(address);
let users = 0;

const crowds = [];
const logins = ways.map(() => 0);
for (const [i, { name, program }] of ways.entries()) {
	const { connect } = await import(`./ways/${program}`);
	crowds.push(async () => {
		await sandbox.reset();
		const { get } = connect(url, `crowd-${++users}`);
		const start = performance.now();
		const tokens = await Promise.all(Array.from({ length: callers }, get));
		const time = performance.now() - start;
		if (tokens.some((token) => typeof token !== "string" || token === "")) {
			throw new Error(`${name} did not serve all`);
		}
		logins[i] = Math.max(logins[i], (await sandbox.state()).counts.appcube.logins);
		return time;
	});
}
const timings = await rounds(crowds, { rounds: 7, warmUp: 2 });
// Those who make one login are near each other, and the storms of the rest shake them: once more, by themselves, and as in
// a program that runs for long, whose code has been compiled to the end. What it costs before that is the cold start.
const calm = crowds.map((_, i) => i).filter((i) => logins[i] === 1);
const again = await rounds(
	calm.map((i) => crowds[i]),
	{ rounds: 100, warmUp: 500 },
);
for (const [at, i] of calm.entries()) {
	timings[i] = again[at];
}
// A storm is far longer than what shakes the machine meanwhile: it is related to the first way's time as the table has it.
for (const [i, timing] of timings.entries()) {
	if (!calm.includes(i)) {
		timing.ratio = timing.time / timings[0].time;
	}
}
console.log(JSON.stringify(timings.map((timing, i) => ({ ...timing, logins: logins[i] }))));
process.exit(); // a client that is not closed has timers
