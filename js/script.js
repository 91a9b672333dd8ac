// The classic script, for a page with a plain <script> tag: window.cctoken has what the ES modules export. It is bundled
// into dist/cctoken.js.
import { compileUrl, notFound } from "./module/compile.js";
import { entry } from "./entry.js";
import * as names from "./client/public.js";
import { pages } from "./client/pages.js";
import { tabs } from "./client/tabs.js";

// A script knows its own address only while it is evaluated for the first time. In a Worker (importScripts) never.
const home = typeof document === "object" ? /** @type {HTMLScriptElement | null} */ (document.currentScript)?.src : undefined;

/** @type {import("./module/module.js").Load} */
async function load({ wasmUrl, fresh }) {
	if (wasmUrl === undefined && !home) {
		throw notFound("the side of this script, which does not know its own address");
	}
	return compileUrl(wasmUrl ?? new URL("core.wasm", home).href, fresh);
}

/** @type {any} */ (globalThis).cctoken = { ...entry(load, { tabs, pages }), ...names };
