// A live token: what is paid at every call, up to the token's text.
//
//	node tools/bench/alternatives/live.js URL
import { timed } from "../compare.js";
import { rounds } from "./rounds.js";
import { ways } from "./ways.js";

const [, , url] = process.argv;
const batchMs = 2;

const loops = [];
for (const { program } of ways) {
	const { connect } = await import(`./ways/${program}`);
	const { get, live } = connect(url, `live-${program}`);
	const token = await get();
	// As many as fill a batch, once the compiler has had its time.
	await live(10_000, token);
	const batch = Math.ceil(batchMs / (await timed((n) => live(n, token), 2000)));
	loops.push(() => timed((n) => live(n, token), batch));
}
console.log(JSON.stringify(await rounds(loops, { rounds: 150, warmUp: 20 })));
process.exit(); // a client that is not closed has timers
