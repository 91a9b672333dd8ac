/** How much of an answer is read for what it says; in bytes. */
export const maxText = 16 << 10;

/**
 * The beginning of an answer's text, as far as it comes.
 * @param {Response} response
 */
export async function beginning({ body }) {
	const parts = [];
	let size = 0;
	const reader = body?.getReader();
	try {
		for (let part = await reader?.read(); part && !part.done && size < maxText; part = await reader?.read()) {
			parts.push(part.value);
			size += part.value.length;
		}
	} catch {
		// What came before it broke off is what there is; whoever needs all of it reads a copy, and says so.
	}
	reader?.cancel().catch(() => {}); // not waited for: a clone's end is that of both
	return Buffer.concat(parts).toString();
}
