// The browsers that the tests run in: those that BROWSERS names, or Chromium.
import { launch as chromium } from "./chromium.js";
import { launch as firefox } from "./firefox.js";
import { launch as webkit } from "./webkit.js";

const launchers = { chromium, firefox, webkit };

export const all = Object.keys(launchers);

/** The names in BROWSERS, such as "chromium,firefox". */
export const names = (process.env.BROWSERS || "chromium").split(",");

/**
 * @param {string} name
 * @returns {Promise<import("./driver.js").Browser>}
 */
export function launch(name) {
	if (!Object.hasOwn(launchers, name)) {
		throw new Error(`BROWSERS may name ${all.join(", ")}, not "${name}".`);
	}
	return launchers[name]();
}
