// What a self-hosted edge keeps open: files for each object, and none for a session.
import assert from "node:assert/strict";
import { readdir, readlink } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startSelfHost } from "./self-host.js";

/** @type {Awaited<ReturnType<typeof startSelfHost>>} */
let edge;
before(async () => (edge = await startSelfHost()));
after(() => edge?.close());

/** The databases that the process has open, and with how many descriptors. */
async function open() {
	const links = await Promise.all(
		(await readdir(`/proc/${edge.pid}/fd`)).map((fd) => readlink(`/proc/${edge.pid}/fd/${fd}`).catch(() => "")),
	);
	const files = links.filter((link) => link.includes(".sqlite"));
	return { databases: new Set(files.map((link) => link.replace(/\.sqlite.*/, ""))).size, descriptors: files.length };
}

/** @param {number} from @param {number} to */
async function usersCome(from, to) {
	for (let i = from; i < to; i += 25) {
		await Promise.all(
			Array.from({ length: 25 }, async (_, j) => {
				const authorization = `Bearer ${await edge.issuer.tokenFor(`agent-${i + j}`)}`;
				const headers = { authorization, "content-type": "application/json" };
				const response = await edge.call("/v1/token", { method: "POST", headers, body: '{"connection":"open-messaging"}' });
				assert.equal(response.status, 200, await response.text());
			}),
		);
	}
}

test(
	"it has three files open for each object that is awake, however many sessions there are",
	{ skip: process.platform !== "linux" },
	async () => {
		const { databases: atFirst } = await open(); // what the runtime knows of the objects of a class
		await usersCome(0, 50);
		const few = await open();
		await usersCome(50, 300);
		const many = await open();
		for (const { databases, descriptors } of [few, many]) {
			assert.ok(
				databases > atFirst && databases <= atFirst + 6,
				`${databases}: four keepers, that of the AccessToken, and the list of stops`,
			);
			assert.equal(descriptors, 3 * databases);
		}
	},
);
