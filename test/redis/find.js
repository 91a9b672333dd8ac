// Sees to it that there is a server to test with: run by make test-store.
import { execFileSync } from "node:child_process";
import { found } from "./server.js";

if (found() === undefined && process.getuid?.() === 0) {
	try {
		execFileSync("apt-get", ["install", "--yes", "--no-install-recommends", "redis-server"], { stdio: "ignore" });
	} catch {
		// It is said below.
	}
}
if (found() === undefined) {
	console.error("There is no redis-server and no valkey-server in the path, and none could be installed by apt-get. Install one of them.");
	process.exitCode = 1;
}
