// The browsers that the tests can run in: all, or those that BROWSERS names. Firefox and WebKit are installed first where
// that can be done, which is on Debian, by root.
import { spawnSync } from "node:child_process";
import { all, launch, names } from "./browsers.js";
import { find } from "./driver.js";

/** Debian's packages, and the programs or files by which it shows that they are there. */
const packages = {
	firefox: { "firefox-esr": ["firefox-esr", "firefox"] },
	webkit: { "webkit2gtk-driver": ["WebKitWebDriver"], xvfb: ["Xvfb"], xdotool: ["xdotool"] },
	chinese: { "fonts-wqy-microhei": ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"] },
};

/** @returns {Promise<{ there: string[], absent: string[] }>} absent: of each that cannot be had or does not start, why */
export async function everywhere() {
	const missing = Object.values(packages)
		.flatMap((needed) => Object.entries(needed))
		.filter(
			([, programs]) =>
				!find(
					programs,
					programs.filter((path) => path.startsWith("/")),
				),
		)
		.map(([name]) => name);
	if (missing.length > 0) {
		install(missing);
	}
	/** @type {string[]} */
	const there = [];
	/** @type {string[]} */
	const absent = [];
	for (const name of process.env.BROWSERS ? names : all) {
		try {
			const browser = await launch(name);
			console.log(`${name}: ${browser.version}`);
			await browser.close();
			there.push(name);
		} catch (error) {
			absent.push(`${name} is not tested: ${error.message}${error.cause ? ` (${error.cause.message})` : ""}`);
		}
	}
	return { there, absent };
}

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
