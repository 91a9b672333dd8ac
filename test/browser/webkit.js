// Drives WebKitGTK by the W3C WebDriver protocol: its own driver, its own small browser, and a display without a screen.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../free-port.js";
import { chord, find, usual } from "./driver.js";

const patienceMs = 60_000;
const run = promisify(execFile);

/** Where WebDriver has its keys: https://www.w3.org/TR/webdriver2/#keyboard-actions */
const keys = {
	Backspace: "\uE003",
	Tab: "\uE004",
	Enter: "\uE007",
	Shift: "\uE008",
	Control: "\uE009",
	Alt: "\uE00A",
	Escape: "\uE00C",
	Space: " ",
	PageUp: "\uE00E",
	PageDown: "\uE00F",
	End: "\uE010",
	Home: "\uE011",
	ArrowLeft: "\uE012",
	ArrowUp: "\uE013",
	ArrowRight: "\uE014",
	ArrowDown: "\uE015",
	Delete: "\uE017",
};

/** @returns {Promise<import("./driver.js").Browser>} */
export async function launch() {
	const paths = findAll();
	/** @type {Set<() => Promise<void>>} */
	const tabs = new Set();
	const open = async (look) => {
		const tab = await openTab(paths, { ...usual, ...look });
		const end = tab.close;
		tab.close = async () => {
			tabs.delete(end);
			await end();
		};
		tabs.add(end);
		return tab;
	};
	const probe = await open({});
	await probe.close();
	return {
		name: "webkit",
		version: `WebKitGTK ${probe.version}`,
		open,
		close: async () => void (await Promise.all([...tabs].map((end) => end()))),
	};
}

function findAll() {
	const driver = find(["WebKitWebDriver"]);
	const display = find(["Xvfb"]);
	const focus = find(["xdotool"]);
	const library = "/usr/lib";
	const browser = existsSync(library)
		? readdirSync(library)
				.flatMap((folder) => ["4.1", "4.0"].map((version) => join(library, folder, `webkit2gtk-${version}`, "MiniBrowser")))
				.find((path) => existsSync(path))
		: undefined;
	const missing = Object.entries({ WebKitWebDriver: driver, Xvfb: display, xdotool: focus, MiniBrowser: browser })
		.filter(([, path]) => !path)
		.map(([name]) => name);
	if (missing.length > 0) {
		throw new Error(`There is no ${missing.join(", no ")}: install webkit2gtk-driver, xvfb and xdotool.`);
	}
	return /** @type {{ driver: string, display: string, focus: string, browser: string }} */ ({ driver, display, focus, browser });
}

/**
 * A tab is a driver, a display and a browser of its own: language, colours and size are settings of the process here, and
 * a driver has one browser at a time.
 * @param {ReturnType<typeof findAll>} paths
 * @param {import("./driver.js").Look} look
 * @returns {Promise<import("./driver.js").Tab & { version: string }>}
 */
async function openTab(paths, { locale, colorScheme, width, height }) {
	const ends = [];
	const end = async () => {
		while (ends.length > 0) {
			await ends.pop()();
		}
	};
	try {
		const folder = await mkdtemp(join(tmpdir(), "cctoken-webkit-"));
		ends.push(() => rm(folder, { recursive: true, force: true }));
		const language = `${locale.replace("-", "_")}.UTF-8`;
		await addLocale(folder, language);
		const display = start(paths.display, ["-displayfd", "3", "-screen", "0", "1600x2400x24", "-nolisten", "tcp"]);
		ends.push(display.end);
		const [number] = await once(display.child.stdio[3], "data", { signal: AbortSignal.timeout(patienceMs) });
		const DISPLAY = `:${String(number).trim()}`;
		const port = await freePort();
		const driver = start(paths.driver, [`--port=${port}`], {
			DISPLAY,
			GTK_THEME: colorScheme === "dark" ? "Adwaita:dark" : "Adwaita",
			LOCPATH: folder,
			LANG: language,
			LANGUAGE: "",
			LC_ALL: language,
			// It would look for a desktop's services, and say that there are none.
			NO_AT_BRIDGE: "1",
			GSETTINGS_BACKEND: "memory",
		});
		ends.push(driver.end);
		const call = client(`http://127.0.0.1:${port}`);
		await until(
			() =>
				call("GET", "/status").then(
					({ ready }) => ready,
					() => false,
				),
			"WebKitWebDriver did not start.",
		);
		const { sessionId, capabilities } = await call("POST", "/session", {
			capabilities: {
				alwaysMatch: {
					"webkitgtk:browserOptions": {
						binary: paths.browser,
						// Without its toolbar, below whose width no window can be.
						args: ["--automation", "--full-screen"],
					},
				},
			},
		});
		const session = `/session/${sessionId}`;
		const command = (method, path, body) => call(method, session + path, body);
		ends.push(() => command("DELETE", "").catch(() => {})); // one that has crashed cannot be asked to end
		await command("POST", "/timeouts", { script: patienceMs * 5, pageLoad: patienceMs });
		const tab = makeTab(command);
		await tab.resize(width, height);
		// Without a window manager nobody gives a window the keyboard, and a page without it shows no focus.
		await run(paths.focus, ["search", "--sync", "--onlyvisible", "--class", "MiniBrowser", "windowfocus", "--sync"], { env: { DISPLAY } });
		await until(() => tab.evaluate(() => document.hasFocus()), "The window did not take the keyboard.");
		return { ...tab, version: capabilities.browserVersion, close: end };
	} catch (error) {
		await end();
		throw error;
	}
}

/**
 * @param {(method: string, path: string, body?: object) => Promise<any>} command
 * @returns {import("./driver.js").Tab}
 */
function makeTab(command) {
	/** @type {import("./driver.js").Tab["evaluate"]} */
	const evaluate = async (work, arg) => {
		const { value, error } = await command("POST", "/execute/async", {
			script: `
				const done = arguments[1];
				Promise.resolve(arguments[0]).then(${work}).then(
					(value) => done({ value }),
					(error) => done({ error: String(error) + "\\n" + (error?.stack ?? "") }),
				);`,
			args: [arg ?? null],
		});
		if (error) {
			throw new Error(error);
		}
		return value ?? undefined;
	};
	const act = async (actions) => {
		await command("POST", "/actions", { actions });
	};
	const resize = async (width, height) => {
		await command("POST", "/window/rect", { width, height });
		await until(
			() => evaluate(({ width, height }) => innerWidth === width && innerHeight === height, { width, height }),
			"The window did not take its size.",
		);
	};
	return {
		goto: (url) => command("POST", "/url", { url }),
		reload: () => command("POST", "/refresh", {}),
		evaluate,
		click: (x, y) =>
			act([
				{
					type: "pointer",
					id: "mouse",
					parameters: { pointerType: "mouse" },
					actions: [
						{ type: "pointerMove", x: Math.round(x), y: Math.round(y) },
						{ type: "pointerDown", button: 0 },
						{ type: "pointerUp", button: 0 },
					],
				},
			]),
		press(pressed) {
			const { modifiers, key } = chord(pressed);
			const values = [...modifiers, key].map((name) => keys[name] ?? name);
			return act([
				{
					type: "key",
					id: "keyboard",
					actions: [...values.map((value) => ({ type: "keyDown", value })), ...values.reverse().map((value) => ({ type: "keyUp", value }))],
				},
			]);
		},
		type: (text) =>
			act([
				{
					type: "key",
					id: "keyboard",
					actions: [...text].flatMap((value) => [
						{ type: "keyDown", value },
						{ type: "keyUp", value },
					]),
				},
			]),
		resize,
		screenshot: async () => Buffer.from(await command("GET", "/screenshot"), "base64"),
		complaints: async () => [], // this protocol has no means for it: the instruments in the page must do
		close: async () => {},
	};
}

/** @param {string} base */
function client(base) {
	return async (/** @type {string} */ method, /** @type {string} */ path, /** @type {object | undefined} */ body = undefined) => {
		const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
		const { value } = await response.json();
		if (!response.ok) {
			throw new Error(`WebKitWebDriver: ${path.replace(/^\/session\/[^/]+/, "")}: ${value.error}: ${value.message}`);
		}
		return value;
	};
}

/**
 * The browser tells pages the language of its C library's locale, which must exist for that. In Debian's smallest system
 * there is only C.UTF-8. What its data say does not matter here, only its name.
 */
async function addLocale(folder, language) {
	const data = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"].find((path) => existsSync(path));
	if (data) {
		await symlink(data, join(folder, language.replace("UTF-8", "utf8")));
	}
}

/** Starts a process in a group of its own, so that what it starts ends with it. */
function start(path, args, env = {}) {
	const child = spawn(path, args, {
		env: { ...process.env, ...env },
		stdio: ["ignore", "ignore", "ignore", "pipe"],
		detached: true,
	});
	const kill = () => {
		try {
			process.kill(-(/** @type {number} */ (child.pid)), "SIGKILL");
		} catch {
			// It has ended.
		}
	};
	process.once("exit", kill);
	const closed = new Promise((resolve) => child.once("close", resolve));
	return {
		child,
		async end() {
			kill();
			await closed;
			process.off("exit", kill);
		},
	};
}

async function until(condition, message) {
	const end = performance.now() + patienceMs;
	while (!(await condition())) {
		if (performance.now() > end) {
			throw new Error(message);
		}
		await wait(25);
	}
}
