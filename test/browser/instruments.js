// Serves what the tests bring into a page: as files of the page's own origin, which any strict policy lets in.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const inside = fileURLToPath(new URL("inside", import.meta.url));
const names = dirname(require.resolve("dom-accessibility-api"));

/** Where they are. Nothing of the project is there. */
export const prefix = "/-test/";

/** Goes first into a page that is to be watched. */
export const tag = `<script src="${prefix}instruments.js"></script>`;

/**
 * @param {string} path
 * @returns {Promise<{ headers: Record<string, string>, body: Buffer } | undefined>}
 */
export async function instrument(path) {
	const [, folder, name] = path.match(/^\/-test\/(dom-accessibility-api\/)?((?:polyfills\/)?[\w.-]+\.m?js)$/) ?? [];
	if (!name) {
		return undefined;
	}
	const file = folder ? join(names, name) : name === "axe.js" ? require.resolve("axe-core/axe.min.js") : join(inside, name);
	return { headers: { "content-type": "text/javascript" }, body: await readFile(file) };
}
