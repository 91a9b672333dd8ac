// Shows what the program saw, for whoever opened the page. It imports nothing of the package, so that one page for each
// way to have it can share it.
import { run } from "/program.js";

/** @param {typeof import("cctoken")} cctoken */
export async function show(cctoken) {
	const output = /** @type {HTMLOutputElement} */ (document.querySelector("output"));
	try {
		output.textContent = JSON.stringify(await run(cctoken, location.origin));
	} catch (error) {
		output.textContent = JSON.stringify({ failed: String(error) });
	}
}
