// Finds a Chromium and starts it, for the tests that need a real browser.
import { execFileSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { chromium } from "playwright-core";
import { wholeFolder } from "../whole-folder.js";
import { find, usual } from "./driver.js";

export const args = [
	"--no-sandbox", // containers and root have none
	"--headless",
	// Nothing but what a test asks for goes over the network.
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--no-first-run",
	"--disable-quic",
	"--disable-gpu",
	"--disable-dev-shm-usage", // containers have a small /dev/shm
];

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const places = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

/** Where Debian's fonts-wqy-microhei is. Without it, boxes stand for Chinese letters. */
export const chinese = "/usr/share/fonts/truetype/wqy";

/**
 * Starts a browser with an empty profile of its own. The caller closes it.
 * @param {{ args?: string[] } & Record<string, unknown>} [options] what else `chromium.launch` of playwright takes; args are added to ours
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function launchChromium({ args: more = [], ...options } = {}) {
	const { executablePath, env } = await findChromium();
	try {
		return await chromium.launch({ executablePath, args: [...args, ...more], env: { ...process.env, ...env }, ...options });
	} catch (cause) {
		throw new Error(`${executablePath} does not start. Set CHROME_PATH to a Chromium or Chrome that does.`, { cause });
	}
}

/**
 * Opens an empty page with its own cookies and storage. What its console and its errors say goes to the test's log, and
 * what went wrong is also collected.
 * @param {import("playwright-core").Browser} browser
 * @param {object} [options] what `browser.newContext` takes
 * @returns {Promise<{ page: import("playwright-core").Page, problems: string[] }>} `problems` holds uncaught errors and
 *   console errors, among which are the refusals of a Content-Security-Policy
 */
export async function openPage(browser, options = {}) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	return { page, problems: listenTo(page) };
}

/**
 * @param {import("playwright-core").Page} page
 * @returns {string[]} what goes wrong in it, as it does
 */
export function listenTo(page) {
	/** @type {string[]} */
	const problems = [];
	page.on("console", (message) => {
		console.log(`[page ${message.type()}] ${message.text()}`);
		if (message.type() === "error") {
			problems.push(message.text());
		}
	});
	page.on("pageerror", (error) => {
		console.log(`[page error] ${error.stack ?? error}`);
		problems.push(String(error));
	});
	return problems;
}

/**
 * @param {{ args?: string[], opened?: (page: import("playwright-core").Page) => void }} [options] opened is handed each page
 *   while it is still empty, for what only this browser can do
 * @returns {Promise<import("./driver.js").Browser>}
 */
export async function launch({ args, opened } = {}) {
	const browser = await launchChromium({ args });
	return {
		name: "chromium",
		version: `Chromium ${browser.version()}`,
		async open(look) {
			const { locale, colorScheme, width, height } = { ...usual, ...look };
			// A person's Chromium lets the page that they look at copy; without a window there is nobody to look.
			const permissions = ["clipboard-read", "clipboard-write"];
			const { page, problems } = await openPage(browser, { locale, colorScheme, permissions, viewport: { width, height } });
			opened?.(page);
			return {
				async goto(url) {
					await page.goto(url);
				},
				async reload() {
					await page.reload();
				},
				evaluate: (work, arg) => page.evaluate(/** @type {any} */ (work), arg),
				click: (x, y) => page.mouse.click(x, y),
				press: (keys) => page.keyboard.press(keys),
				type: (text) => page.keyboard.type(text),
				resize: (width, height) => page.setViewportSize({ width, height }),
				screenshot: () => page.screenshot(),
				complaints: async () => problems,
				close: () => page.context().close(),
			};
		},
		close: () => browser.close(),
	};
}

/** @returns {Promise<{ executablePath: string, env?: Record<string, string> }>} */
async function findChromium() {
	const chosen = process.env.CHROME_PATH;
	if (chosen) {
		if (!existsSync(chosen)) {
			throw new Error(`CHROME_PATH is ${chosen}, and there is no such file.`);
		}
		return { executablePath: chosen };
	}
	const installed = find(names, places);
	if (installed) {
		return { executablePath: installed };
	}
	if (process.platform === "linux" && process.arch === "x64") {
		const folder = await unpacked();
		return {
			executablePath: join(folder, "chromium"),
			env: {
				// The package carries the few libraries that a bare machine lacks (libnss3.so and its kin). They go
				// first: a mixture with the machine's own fails at load ("version `NSSUTIL_3.82' not found").
				LD_LIBRARY_PATH: [join(folder, "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
				FONTCONFIG_PATH: folder,
			},
		};
	}
	throw new Error("No browser for the tests: install Chromium or Chrome, or set CHROME_PATH to one.");
}

/**
 * The folder with the browser out of @sparticuz/chromium. The package's own unpacking leaves the libraries out, takes
 * half a file for the whole where two processes unpack at once, and does not notice a new version. This one is complete
 * or is not there, and goes with node_modules.
 */
async function unpacked() {
	const root = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "../..");
	const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
	const folder = join(root, "../../.cache", `chromium-${version}-cjk`);
	return wholeFolder(folder, async (partial) => {
		const bin = join(root, "bin");
		await pipeline(
			createReadStream(join(bin, "chromium.br")),
			createBrotliDecompress(),
			createWriteStream(join(partial, "chromium"), { mode: 0o755 }),
		);
		await untar(join(bin, "al2023.tar.br"), partial);
		await untar(join(bin, "fonts.tar.br"), partial);
		// The one in the archive knows the folders of its author's platform only. Without a font, text has no size. Of the
		// machine's own fonts only a Chinese one is taken, which the archive lacks: so the layout is the same everywhere.
		const fonts = [join(folder, "fonts"), chinese].map((path) => `<dir>${path}</dir>`).join("");
		await writeFile(join(partial, "fonts.conf"), `<fontconfig>${fonts}<cachedir>${join(folder, "cache")}</cachedir></fontconfig>\n`);
	});
}

/**
 * @param {string} archive
 * @param {string} folder
 */
async function untar(archive, folder) {
	// By way of a file: tar stops reading at the archive's end mark, which breaks a pipe.
	const tar = join(folder, "archive.tar");
	await pipeline(createReadStream(archive), createBrotliDecompress(), createWriteStream(tar));
	execFileSync("tar", ["-xf", tar, "-C", folder, "--no-same-owner"]);
	await rm(tar);
}
