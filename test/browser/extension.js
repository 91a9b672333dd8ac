// Opens the popup of an unpacked extension. The Chromium of the other tests is made without extensions, and Google's Chrome loads
// none by an option: this takes one that is installed, or Debian's.
import { execFile } from "node:child_process";
import { readFile, readdir, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { args, listenTo } from "./chromium.js";
import { wholeFolder } from "../whole-folder.js";
import { find } from "./driver.js";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * @param {string} folder of the extension, with its manifest.json
 * @returns {Promise<{ page: import("playwright-core").Page, problems: string[], close: () => Promise<void> }>} as `openPage` does
 */
export async function openPopup(folder) {
	const { action } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
	const { executablePath, env } = await findWhole();
	const context = await chromium.launchPersistentContext("", {
		executablePath,
		env: { ...process.env, ...env },
		headless: false, // what Playwright calls headless is without extensions; an argument says it again
		args: [...args, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
	});
	try {
		const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
		const page = await context.newPage();
		const problems = listenTo(page);
		await page.goto(new URL(action.default_popup, worker.url()).href);
		return { page, problems, close: () => context.close() };
	} catch (error) {
		await context.close();
		throw error;
	}
}

/** @returns {Promise<{ executablePath: string, env?: Record<string, string> }>} */
async function findWhole() {
	const installed =
		process.env.CHROME_PATH ?? find(["chromium", "chromium-browser"], ["/Applications/Chromium.app/Contents/MacOS/Chromium"]);
	if (installed) {
		return { executablePath: installed };
	}
	if (!find(["apt-get"])) {
		throw new Error("No browser with extensions for the tests: install Chromium, or set CHROME_PATH to one.");
	}
	const folder = await unpacked();
	// Some libraries are in folders of their own, which they know by the names that these have when they are installed.
	const libraries = (await readdir(folder, { recursive: true })).filter((path) => /\.so(\.\d+)*$/.test(path));
	const folders = new Set(libraries.map((path) => join(folder, dirname(path))));
	return {
		executablePath: join(folder, "usr/lib/chromium/chromium"),
		env: { LD_LIBRARY_PATH: [...folders, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter) },
	};
}

/**
 * The folder with Debian's Chromium and the libraries that the machine lacks. It is unpacked and not installed: on the PATH, the other
 * tests would take it for theirs.
 */
const unpacked = () =>
	wholeFolder(join(cache, "chromium-debian"), async (partial) => {
		await download(partial).catch(async () => {
			// There is no list yet, or an old one that names versions which are gone.
			await run("apt-get", ["-q", "update"]);
			await download(partial);
		});
		for (const name of await readdir(partial)) {
			await run("dpkg", ["-x", join(partial, name), partial]);
			await rm(join(partial, name));
		}
	});

/** @param {string} folder where the packages go */
async function download(folder) {
	const { stdout } = await run("apt-get", ["install", "--simulate", "--no-install-recommends", "chromium"]);
	const packages = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
	await run("apt-get", ["-q", "download", ...packages], { cwd: folder });
}
