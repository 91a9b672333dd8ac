// A site of plain files with the installed package on it, and the sandbox on the same origin: its pages can be opened by
// any browser, and need no bundler.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/demo/server.js";

/** The pages: each shows in its `output` element what the program saw, as JSON. */
export const pages = ["module.html", "inline.html", "script.html"];

/**
 * @param {{ folder: string, installed: string }} program
 * @returns {Promise<{ url: string, folder: string, stop: () => Promise<void> }>}
 */
export async function startSite({ folder: program, installed }) {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-site-"));
	// The local server takes a folder as the repository is: the pages in web, and the package's js and dist.
	await cp(fileURLToPath(new URL("page", import.meta.url)), join(folder, "web"), { recursive: true });
	for (const name of ["program.js", "tools"]) {
		await cp(join(program, name), join(folder, "web", name), { recursive: true });
	}
	await cp(join(installed, "js"), join(folder, "js"), { recursive: true });
	await cp(join(installed, "dist"), join(folder, "dist"), { recursive: true });
	const server = await startServer("127.0.0.1:0", ["-root", folder]);
	return {
		url: server.url,
		folder,
		async stop() {
			await server.stop();
			await rm(folder, { recursive: true });
		},
	};
}
