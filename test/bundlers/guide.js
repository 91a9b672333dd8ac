// Does what a guide says, in a new folder outside the repository, as its reader would. What stands for the reader's own
// circumstances is this and nothing else:
//
// - The vendor's address in the guides, https://aicc.example.com, is replaced by the sandbox's, in files and commands.
//   The sandbox is strict, and admits the pages of one origin: the guide's own. The other values of the guides'
//   identities are ones that it knows.
// - The secrets are in the environment variables that the guides name, with the values that the sandbox knows.
// - The package comes out of the tarball that `npm pack` made: `npm install cctoken` names that instead, and Deno and Bun
//   ask a registry that has it.
// - Servers listen on a free port of 127.0.0.1, whatever the address in the guide. Their addresses there, which other
//   files of the guide may name, are replaced.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { controls, startServer } from "../../tools/demo/server.js";
import { openPage } from "../browser/chromium.js";
import { openPopup } from "../browser/extension.js";
import { freePort } from "../free-port.js";
import { openDoor } from "./door.js";
import { run, serve } from "./shell.js";
import { stepsOf } from "./steps.js";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const vendorAddress = "https://aicc.example.com";
/** Where the guides' server.js listens. */
const serverAddress = "http://127.0.0.1:8080";
/** Where a framework's server is asked for its pages. */
const pageAddress = "http://127.0.0.1:3000";

const secrets = {
	APP_SECRET: "app-secret-of-app001",
	API_PASSWORD: "api-password-of-tenant001",
	PASSWD: "123456",
	CUBEDRIVE_SECRET: "app-secret-of-demo-app",
};

/** Commands that take their port by an option alone. Others read HOST and PORT. */
const portOptions = [
	[/^npx vite(?: preview| dev)?$/, "--host 127.0.0.1 --port 0"],
	[/^npx next start$/, "--hostname 127.0.0.1"],
	[/^npx nuxt dev$/, "--host 127.0.0.1 --port 0"],
	[/^npx astro dev$/, "--host 127.0.0.1 --port 0"],
	[/^npx react-router dev$/, "--host 127.0.0.1 --port 0"],
	[/^npx ng serve$/, "--host 127.0.0.1 --port 0"],
	[/^npx wrangler dev\b/, "--ip 127.0.0.1 --port 0 --inspector-port 0"],
];

/** A command that does not tell which port it got where it may have any. */
const saysNoPort = /^npx react-router-serve\b/;

/** An installation on a cold cache, on a slow line, is the longest of all. In milliseconds. */
const commandTimeoutMs = 300_000;
const pageTimeoutMs = 60_000;

/**
 * @typedef {object} Circumstances
 * @property {string} tarball the packed package
 * @property {string} registry the address of one that has the package
 * @property {import("playwright-core").Browser} browser
 * @property {string[]} tools folders of programs that guides take for granted, for the PATH
 * @property {string[]} flags of the sandbox's server
 * @property {(line: string) => void} log
 */

/** A guide under way: its folder, its sandbox, its servers. */
export class Guide {
	/** @type {string} */ #name;
	/** @type {Circumstances} */ #circumstances;
	/** @type {(() => Promise<void>)[]} what is to be ended, the last first */ #endings = [];
	/** Where the servers listen that the guide has started. @type {string[]} */ served = [];
	#said = { stdout: "", stderr: "" };
	#logins = 0;

	/**
	 * @param {string} name such as "guides/vite.md"
	 * @param {Circumstances} circumstances
	 */
	constructor(name, circumstances) {
		this.#name = name;
		this.#circumstances = circumstances;
	}

	/** Makes the folder and starts the sandbox. */
	async open() {
		this.folder = await mkdtemp(join(tmpdir(), `cctoken-${basename(this.#name, ".md")}-`));
		this.#endings.push(() => rm(this.folder, { recursive: true, force: true, maxRetries: 5 }));
		this.page = await openDoor();
		this.#endings.push(() => this.page.close());
		this.server = await openDoor();
		this.#endings.push(() => this.server.close());
		this.sandbox = await startServer("127.0.0.1:0", ["-allow-origin", this.page.url, ...this.#circumstances.flags]);
		this.#endings.push(() => this.sandbox.stop());
	}

	/** Ends all servers and removes the folder. */
	async close() {
		for (const end of this.#endings.reverse()) {
			await end();
		}
		this.#endings = [];
	}

	/** Does all steps of the page. */
	async follow() {
		for (const step of stepsOf(await readGuide(this.#name))) {
			const began = performance.now();
			try {
				await this.#take(step);
			} catch (error) {
				throw new Error(`docs/${this.#name}, line ${step.line}: ${error.message}`);
			}
			const seconds = ((performance.now() - began) / 1000).toFixed(1);
			if (step.kind === "run" || step.kind === "serve" || step.kind === "shows") {
				this.#circumstances.log(
					`${seconds.padStart(6)} s  ${step.kind === "shows" ? "the page" : step.text.trim().replaceAll("\n", "; ")}`,
				);
			}
		}
	}

	/** @param {import("./steps.js").Step} step */
	async #take(step) {
		switch (step.kind) {
			case "file":
				return this.write(step.path, step.text);
			case "run":
				this.#said = await this.run(step.text);
				return;
			case "serve":
				if (step.with) {
					await this.#borrow(step);
				}
				return this.serve(step.text);
			case "prints":
				assert.equal(this.#said.stdout.trim(), step.text.trim());
				return this.#loggedIn();
			case "tells":
				return told(step.text, this.#said.stdout + this.#said.stderr);
			case "shows":
				assert.equal(await this.shown(step.text.trim(), step.popup), step.text.trim());
				return this.#loggedIn();
		}
	}

	/**
	 * Writes the file that the command names and another guide shows.
	 * @param {{ text: string, with?: string }} step
	 */
	async #borrow({ text, with: other }) {
		const files = stepsOf(await readGuide(`guides/${other}`)).flatMap((step) => (step.kind === "file" ? [step] : []));
		const named = files.filter(({ path }) => text.split(/\s+/).includes(path));
		assert.equal(named.length, 1, `${other} shows ${named.length} of the files that \`${text.trim()}\` names`);
		assert.ok((await readGuide(this.#name)).includes(`(${other}`), `the guide has no link to ${other}, whose file it uses`);
		await this.write(named[0].path, named[0].text);
	}

	/**
	 * @param {string} path
	 * @param {string} text
	 */
	async write(path, text) {
		const file = join(this.folder, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, this.#placed(text));
	}

	/** Writes a file as the guide first shows it. @param {string} path */
	async again(path) {
		const file = stepsOf(await readGuide(this.#name)).find((step) => step.kind === "file" && step.path === path);
		assert.ok(file?.kind === "file", `${this.#name} shows no ${path}`);
		await this.write(path, file.text);
	}

	/**
	 * @param {string} script
	 * @returns {Promise<{ stdout: string, stderr: string }>} what it said
	 */
	run(script) {
		const { tarball } = this.#circumstances;
		const commands = script.replace(/^(npm install.*) cctoken\b/gm, (_, command) => `${command} ${tarball}`);
		return run(this.#placed(commands), this.#where(), commandTimeoutMs);
	}

	/**
	 * The code of the error that a program ends with. Runtimes differ in what they print of an error that nobody handles.
	 * @param {string} command that runs programs
	 * @param {string} program
	 * @returns {Promise<string>}
	 */
	async failureOf(command, program) {
		await this.write("failure.mjs", `await import("./${program}").catch((error) => console.log("failed with", error.code));\n`);
		return /^failed with (\S+)$/m.exec((await this.run(`${command} failure.mjs`)).stdout)?.[1] ?? "no failure";
	}

	/**
	 * Starts a server. The page's address leads to the one that was started last.
	 * @param {string} script
	 */
	async serve(script) {
		const command = this.#placed(script.trim());
		const options = portOptions.find(([pattern]) => pattern.test(command))?.[1];
		const { cwd, env } = this.#where();
		if (saysNoPort.test(command)) {
			env.PORT = String(await freePort());
		}
		const server = await serve([command, options].filter(Boolean).join(" "), { cwd, env }, commandTimeoutMs);
		this.#endings.push(() => server.stop());
		this.served.push(server.url);
		this.page.leadTo(server.url);
		if (command.includes("server.js")) {
			this.server.leadTo(server.url);
		}
	}

	/**
	 * Opens the served page in a browser, or the popup of an extension.
	 * @param {string} expected what to wait for
	 * @param {string} [popup] the folder of the extension
	 * @returns {Promise<string>} the page's text: the expected one, or what is there when the time is up
	 */
	async shown(expected, popup) {
		const { page, problems, close } = await this.#opened(popup);
		try {
			// A server for development may load its page anew, when it has found one more package. By a locator the text is there all the
			// same, and what the page complained of before is over.
			page.on("framenavigated", (frame) => frame === page.mainFrame() && problems.splice(0));
			const text = async () => (await page.locator("body").innerText()).trim();
			for (const deadline = Date.now() + pageTimeoutMs; Date.now() < deadline; await page.waitForTimeout(50)) {
				if ((await text()) === expected) {
					break;
				}
			}
			this.problems = problems;
			return await text();
		} finally {
			await close();
		}
	}

	/** @param {string | undefined} popup */
	async #opened(popup) {
		if (popup) {
			return openPopup(join(this.folder, popup));
		}
		const { page, problems } = await openPage(this.#circumstances.browser);
		const close = () => page.context().close();
		try {
			await page.goto(this.page.url);
			return { page, problems, close };
		} catch (error) {
			await close();
			throw error;
		}
	}

	/** A token came from the vendor, and not out of thin air. */
	async #loggedIn() {
		assert.deepEqual(this.problems ?? [], [], "the page's console has errors");
		const { counts } = await controls(this.sandbox.url).state();
		const logins = Object.values(counts).reduce((sum, { logins }) => sum + logins, 0);
		assert.ok(logins > this.#logins, "the sandbox has seen no further login");
		this.#logins = logins;
	}

	/** @param {string} text */
	#placed(text) {
		return text
			.replaceAll(vendorAddress, this.sandbox.url)
			.replaceAll(serverAddress, this.server.url)
			.replaceAll(pageAddress, this.page.url);
	}

	#where() {
		const { tools, registry } = this.#circumstances;
		const { NODE_TEST_CONTEXT, NODE_OPTIONS, ...own } = process.env;
		return {
			cwd: this.folder,
			env: {
				...own,
				PATH: [...tools, own.PATH].join(":"),
				...secrets,
				HOST: "127.0.0.1",
				PORT: "0",
				NO_COLOR: "1",
				// npm: no lock, no talk, and npx runs only what the guide has installed.
				npm_config_package_lock: "false",
				npm_config_audit: "false",
				npm_config_fund: "false",
				npm_config_update_notifier: "false",
				npm_config_prefer_offline: "true",
				npm_config_yes: "false",
				// Nobody is told of a test.
				NEXT_TELEMETRY_DISABLED: "1",
				NG_CLI_ANALYTICS: "false",
				NUXT_TELEMETRY_DISABLED: "1",
				ASTRO_TELEMETRY_DISABLED: "1",
				PARCEL_DISABLE_TELEMETRY: "1",
				WRANGLER_SEND_METRICS: "false",
				CLOUDFLARE_CF_FETCH_ENABLED: "false",
				// Deno and Bun take packages from a registry alone, and would find them in a cache of the day before.
				...(/\b(deno|bun)\.md$/.test(this.#name) && {
					NPM_CONFIG_REGISTRY: registry,
					DENO_DIR: join(this.folder, ".deno"),
					BUN_INSTALL_CACHE_DIR: join(this.folder, ".bun"),
				}),
				DENO_NO_UPDATE_CHECK: "1",
				DO_NOT_TRACK: "1",
			},
		};
	}
}

/**
 * Lines stand in a text, in their order: what a test runner says besides has times in it.
 * @param {string} lines
 * @param {string} text
 */
function told(lines, text) {
	const all = (/** @type {string} */ of) =>
		of
			.trim()
			.split("\n")
			.map((line) => line.trim().replace(/\s+/g, " "));
	let rest = all(text);
	for (const line of all(lines)) {
		const at = rest.indexOf(line);
		assert.ok(at >= 0, `nothing says "${line}" there:\n${text}`);
		rest = rest.slice(at + 1);
	}
}

/** @param {string} name of a page under docs */
export function readGuide(name) {
	return readFile(join(docs, name), "utf8");
}
