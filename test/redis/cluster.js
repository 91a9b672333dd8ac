// A cluster of three masters, for one test file.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "../free-port.js";
import { startServer } from "./server.js";

const slots = 16_384;

export async function startCluster() {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-cluster-"));
	const nodes = await Promise.all(
		Array.from({ length: 3 }, async (_, i) => {
			const bus = await freePort();
			const args = ["--cluster-enabled", "yes", "--cluster-port", String(bus), "--dir", folder, "--cluster-config-file", `nodes-${i}.conf`];
			return { ...(await startServer(args)), bus };
		}),
	);
	const clients = await Promise.all(nodes.map(({ url }) => createClient({ url }).connect()));
	const share = Math.ceil(slots / nodes.length);
	await Promise.all(
		clients.map(async (client, i) => {
			const own = Array.from({ length: Math.min(share, slots - i * share) }, (_, n) => String(i * share + n));
			await client.sendCommand(["CLUSTER", "ADDSLOTS", ...own]);
			for (const { port, bus } of nodes) {
				await client.sendCommand(["CLUSTER", "MEET", "127.0.0.1", String(port), String(bus)]);
			}
		}),
	);
	for (const client of clients) {
		while (!String(await client.sendCommand(["CLUSTER", "INFO"])).includes(`cluster_state:ok`)) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}
	return {
		nodes,
		/** How many keys each node has. */
		sizes: () => Promise.all(clients.map((client) => client.dbSize())),
		async close() {
			clients.forEach((client) => client.destroy());
			await Promise.all(nodes.map((node) => node.kill()));
			await rm(folder, { recursive: true });
		},
	};
}
