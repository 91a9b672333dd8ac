// What an answer's Content-Encoding means here: the runtime unpacks some, and leaves the header as it was.

/** What the runtime unpacks by itself: these words, and no other way to write them. */
const unpacked = ["gzip", "br"];

/**
 * Whether an answer's bytes are still packed in a way that only the caller may understand.
 * @param {Headers} headers
 */
export function isPacked(headers) {
	const encoding = headers.get("content-encoding")?.trim() ?? "";
	return encoding !== "" && encoding.toLowerCase() !== "identity" && !unpacked.includes(encoding);
}

/**
 * How many bytes of an answer are to come, where that is known: what is declared counts them as they were packed.
 * @param {Headers} headers
 */
export function lengthOf(headers) {
	const declared = headers.get("content-length");
	return declared === null || headers.has("content-encoding") ? undefined : Number(declared);
}
