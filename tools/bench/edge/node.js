// The edge in Node as it is run by the command, and a server of Node's own that returns a constant.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../../js/cli/main.js", import.meta.url));

const constant = `
require("node:http").createServer((request, response) => {
	request.resume().on("end", () => {
		response.setHeader("content-type", "application/json");
		response.end('{"system":"isales","token":"constant","expiresIn":300,"headers":{}}');
	});
}).listen(0, "127.0.0.1", function () { console.log(JSON.stringify({ url: "http://127.0.0.1:" + this.address().port })); });
`;

/** @typedef {{ url: string, pid: number, stop: () => Promise<void> }} Running */

/**
 * @param {string} folder
 * @param {{ config: object, environment: Record<string, string> }} edge
 * @returns {Promise<Running>}
 */
export async function nodeEdge(folder, { config, environment }) {
	const file = join(folder, "edge.json");
	await writeFile(file, JSON.stringify(config));
	return start([command, "edge", "serve", "--config", file, "--port", "0"], environment);
}

/** @returns {Promise<Running>} */
export const nodeConstant = () => start(["-e", constant], {});

/**
 * @param {string[]} args
 * @param {Record<string, string>} environment
 * @returns {Promise<Running>}
 */
async function start(args, environment) {
	const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...environment }, stdio: ["ignore", "pipe", "inherit"] });
	let text = "";
	child.stdout.setEncoding("utf8");
	while (!/"url":"([^"]+)"/.test(text)) {
		const [piece] = await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => [undefined])]);
		if (piece === undefined) {
			throw new Error("it has ended before it listened");
		}
		text += piece;
	}
	child.stdout.resume(); // its log is read and let go
	return {
		url: /** @type {string} */ (/"url":"([^"]+)"/.exec(text)?.[1]),
		pid: /** @type {number} */ (child.pid),
		async stop() {
			if (child.exitCode === null) {
				child.kill();
				await once(child, "exit");
			}
		},
	};
}
