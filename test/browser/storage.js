import assert from "node:assert/strict";

/**
 * Fails where a page's origin has anything in what a browser keeps for it.
 * @param {any} page of Playwright's
 */
export async function keepsNothing(page) {
	const stored = await page.evaluate(async () => ({
		local: localStorage.length,
		session: sessionStorage.length,
		cookies: document.cookie,
		databases: (await indexedDB.databases()).length,
		caches: (await caches.keys()).length,
	}));
	assert.deepEqual(stored, { local: 0, session: 0, cookies: "", databases: 0, caches: 0 });
}
