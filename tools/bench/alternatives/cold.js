// A cold start: a fresh Node process, from the import to the first token in hand. Node's own start is not in it.
//
//	node tools/bench/alternatives/cold.js URL
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rounds } from "./rounds.js";
import { ways } from "./ways.js";

const [, , url] = process.argv;
const first = fileURLToPath(new URL("first.js", import.meta.url));
let users = 0;

const starts = ways.map(({ program }) => async () => {
	const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", first, program, url, `cold-${++users}`]);
	return Number(stdout);
});
console.log(JSON.stringify(await rounds(starts, { rounds: 15, warmUp: 1 })));
