// A login of an identity that has no token yet, in a program that has made some before.
//
//	node js/bench/alternatives/login.js URL
import { timed } from "../compare.js";
import { rounds } from "./rounds.js";
import { ways } from "./ways.js";

const [, , url] = process.argv;
let users = 0;

const logins = [];
for (const { program } of ways) {
	const { connect } = await import(`./ways/${program}`);
	logins.push(() =>
		timed(async (n) => {
			for (let i = 0; i < n; i++) {
				await connect(url, `login-${++users}`).get();
			}
		}, 5),
	);
}
console.log(JSON.stringify(await rounds(logins, { rounds: 40, warmUp: 10 })));
process.exit(); // a client that is not closed has timers
