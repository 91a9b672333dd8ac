// A login of an identity that has no token yet, in a program that has made some before. What stands for the identity
// (a client, a handle, a closure) is there already.
//
//	node tools/bench/alternatives/login.js URL
import { timed } from "../compare.js";
import { rounds } from "./rounds.js";
import { ways } from "./ways.js";

const [, , url] = process.argv;
const batch = 5;
let users = 0;

const logins = [];
for (const { program } of ways) {
	const { connect } = await import(`./ways/${program}`);
	logins.push(() => {
		const clients = Array.from({ length: batch }, () => connect(url, `login-${++users}`));
		return timed(async () => {
			for (const { get } of clients) {
				await get();
			}
		}, batch);
	});
}
console.log(JSON.stringify(await rounds(logins, { rounds: 40, warmUp: 10 })));
process.exit(); // a client that is not closed has timers
