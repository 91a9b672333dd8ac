// What instead.js registers.
const loader = new URL("../../js/module/load-node.js", import.meta.url).href;
const own = 'new URL("../../dist/core.wasm", import.meta.url)';
const light = 'new URL("../../dist/core.tiny.wasm", import.meta.url)';

/**
 * @param {string} url
 * @param {import("node:module").LoadHookContext} context
 * @param {Function} next
 */
export async function load(url, context, next) {
	const loaded = await next(url, context);
	if (url !== loader) {
		return loaded;
	}
	const text = String(loaded.source);
	if (text.split(own).length !== 2) {
		throw new Error(`test/tiny/instead-hooks.js does not find ${own} in ${url}`);
	}
	return { ...loaded, source: text.replace(own, light) };
}
