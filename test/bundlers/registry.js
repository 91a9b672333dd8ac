// A registry of npm packages that has one package: ours, out of the packed tarball. For the tools that take packages from
// nowhere else.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { serve } from "../server.js";

/**
 * @param {string} tarball
 * @param {{ name: string, version: string }} manifest the package's package.json
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveRegistry(tarball, manifest) {
	const { name, version } = manifest;
	const bytes = await readFile(tarball);
	const server = await serve((path) => {
		if (path === `/${name}`) {
			const dist = {
				tarball: `${server.url}/${name}.tgz`,
				integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
			};
			return {
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } }),
			};
		}
		return path === `/${name}.tgz` ? { headers: { "content-type": "application/octet-stream" }, body: bytes } : undefined;
	});
	return server;
}
