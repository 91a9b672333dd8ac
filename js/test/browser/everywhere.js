// Runs the tests of this folder in all browsers, or in those that BROWSERS names (make browsers). Firefox and WebKit are
// installed first where that can be done, which is on Debian, by root. What cannot be had or does not start is named, at
// the start and at the end.
//
// It ends with 0 when every browser that is there has passed, and one of them is not Chromium, which make test has tested.
// With REQUIRE_BROWSERS=1, as in CI, all that are wanted must be there.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { all, launch, names } from "./browsers.js";
import { find } from "./driver.js";

const wanted = process.env.BROWSERS ? names : all;

/** Debian's packages, and the programs or files by which it shows that they are there. */
const packages = {
	firefox: { "firefox-esr": ["firefox-esr", "firefox"] },
	webkit: { "webkit2gtk-driver": ["WebKitWebDriver"], xvfb: ["Xvfb"], xdotool: ["xdotool"] },
	chinese: { "fonts-wqy-microhei": ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"] },
};

const missing = Object.values(packages)
	.flatMap((needed) => Object.entries(needed))
	.filter(([, programs]) => !find(programs, programs.filter((path) => path.startsWith("/"))))
	.map(([name]) => name);
if (missing.length > 0) {
	install(missing);
}

/** @type {string[]} */
const there = [];
/** @type {string[]} */
const absent = [];
for (const name of wanted) {
	try {
		const browser = await launch(name);
		console.log(`${name}: ${browser.version}`);
		await browser.close();
		there.push(name);
	} catch (error) {
		absent.push(`${name} is not tested: ${error.message}${error.cause ? ` (${error.cause.message})` : ""}`);
		console.log(absent.at(-1));
	}
}

let failed = absent.length > 0 && Boolean(process.env.REQUIRE_BROWSERS);
if (there.every((name) => name === "chromium")) {
	absent.push("There is no browser but Chromium, if that: nothing was tested that make test does not.");
	failed = true;
}
if (!failed) {
	const folder = fileURLToPath(new URL(".", import.meta.url));
	const tests = readdirSync(folder).filter((file) => file.endsWith(".test.js")).map((file) => folder + file);
	// Two at a time: a browser test waits for most of its time.
	const child = spawn(process.execPath, ["--test", "--test-concurrency=2", ...tests], {
		stdio: "inherit",
		env: { ...process.env, BROWSERS: there.join(",") },
	});
	const [code] = await once(child, "close");
	failed = code !== 0;
}
for (const line of absent) {
	console.error(line);
}
process.exitCode = failed ? 1 : 0;

/**
 * Installs packages, if it can.
 * @param {string[]} names
 */
function install(names) {
	if (!find(["apt-get"]) || process.getuid?.() !== 0) {
		console.log(`Not installed, as that takes apt-get and root: ${names.join(", ")}`);
		return;
	}
	const apt = (/** @type {string[]} */ ...args) =>
		spawnSync("apt-get", ["-q", "-y", ...args], {
			stdio: ["ignore", "ignore", "inherit"],
			env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
		}).status === 0;
	const known = () => spawnSync("apt-cache", ["show", ...names], { stdio: "ignore" }).status === 0;
	console.log(`Installing ${names.join(", ")}`);
	if (!known()) {
		apt("update");
	}
	// One by one, so that one that cannot be had takes no other with it. Old lists name versions that are gone.
	for (const name of names) {
		if (!apt("install", "--no-install-recommends", name) && !(apt("update") && apt("install", "--no-install-recommends", name))) {
			console.log(`apt-get could not install ${name}`);
		}
	}
}
