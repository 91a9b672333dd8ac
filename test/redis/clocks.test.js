// Processes on machines whose clocks are hours apart.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { sandboxIdentities } from "../../tools/demo/identities.js";
import { controls, startServer as startSandbox } from "../../tools/demo/server.js";
import { endAll, someKeys, startMembers } from "../store/members.js";
import { startServer } from "./server.js";

const server = await startServer();
const sandbox = await startSandbox("127.0.0.1:0");
after(() => Promise.all([server.kill(), sandbox.stop()]));
afterEach(endAll);

test("two processes whose clocks are an hour apart share a token and its life", async () => {
	const keys = someKeys();
	const hour = 3_600_000;
	const group = await startMembers(3, (i) => ({ store: { kind: "redis", where: server.url, keys }, skewMs: (i - 1) * hour }));
	for (const system of ["appcube", "isales", "ccmessaging"]) {
		const { identity } = (await sandboxIdentities(sandbox.url)).find((one) => one.identity.system === system) ?? {};
		/** @type {number[]} */
		const left = [];
		for (const member of group.members) {
			left.push((await member.ask("lives", { identity })).leftMs);
		}
		const [first = 0] = left;
		for (const its of left) {
			assert.ok(its <= first && its > first / 2, `${system}: ${left}`);
		}
		assert.equal((await controls(sandbox.url).state()).counts[system].logins, 1, system);
	}
	await group.end();
});
