// A business answer, looked into before its caller has it.
import { maxMeaning, objectIsOver, patience } from "./meaning.js";
import { isOfTheWeb, sourceOf } from "./response.js";
import { reasonOf } from "./signal.js";
import { peek } from "./source.js";

/** @typedef {import("./platform.js").PlatformResponse} PlatformResponse */
/** @typedef {import("./source.js").Source} Source */

/**
 * What of an answer can say what becomes of the token. The caller's answer has all of its body: it is the very one where nothing was
 * read. One of the platform's that was read is made anew, and not a clone: of a clone's body Node 20 and 22 make an unusable one when the call is
 * aborted, and an unhandled rejection, which ends the program; and Chromium takes all of the other body into memory.
 * @param {PlatformResponse} response
 * @param {boolean | undefined} speaks whether the system's answers may say so in their bodies, whatever their status
 * @param {import("./clock.js").Clock} clock
 * @param {import("./platform.js").PlatformSignal | null | undefined} signal the caller's
 * @returns {Promise<{ answer: PlatformResponse, meaning: Uint8Array }>} rejected with the signal's reason
 */
export async function lookInto(response, speaks, clock, signal) {
	const ms = patience(response, speaks);
	const ofTheWeb = isOfTheWeb(response.body);
	const readable = ofTheWeb || (response.body !== null && typeof response.clone === "function");
	if (ms === 0 || !readable || response.bodyUsed || response.body?.locked) {
		return { answer: response, meaning: new Uint8Array() };
	}
	/** @type {() => void} */
	let end = () => {};
	const late = new Promise((resolve) => (end = () => resolve(undefined)));
	const stop = clock.timer(end, ms, true);
	signal?.addEventListener("abort", end);
	const read = ofTheWeb ? response : response.clone(); // of another library's class: what is its own cannot be made anew
	const { bytes, source } = await peek(sourceOf(read), maxMeaning, { enough: objectIsOver(), late, tolerant: true });
	stop();
	signal?.removeEventListener("abort", end);
	if (signal?.aborted) {
		source.cancel();
		throw reasonOf(signal);
	}
	const meaning = bytes.subarray(0, maxMeaning);
	if (!ofTheWeb) {
		void drain(source);
		return { answer: response, meaning };
	}
	const { status, statusText, headers } = response;
	/** @type {Failure} */
	const failure = {};
	return {
		answer: known(new Response(streamOf(source, failure, response.body), { status, statusText, headers }), response, failure),
		meaning,
	};
}

/** Reads the rest of a clone, which would hold up the body that it was made of. @param {Source} source */
async function drain(source) {
	try {
		while (await source.read());
	} catch {
		// The caller meets it.
	}
}

/** What the rest of a body failed with. @typedef {{ error?: unknown }} Failure */

/** An answer that nobody reads or keeps lets go of its connection, as the platform's own do. */
const abandoned =
	globalThis.FinalizationRegistry &&
	new FinalizationRegistry((/** @type {Source} */ source) => {
		try {
			source.cancel();
		} catch {
			// A Worker refuses that to whoever comes from another request, and has ended the exchange with its own.
		}
	});

/**
 * A stream of bytes, where the platform has such, from which nothing is read ahead.
 * @param {Source} source
 * @param {Failure} failure is told what it fails with
 * @param {any} model the stream whose place it takes: jsdom, in a context of its own, has Node's Response and no ReadableStream
 * @returns {ReadableStream<Uint8Array>}
 */
function streamOf(source, failure, model) {
	const type = "ReadableByteStreamController" in globalThis ? "bytes" : undefined;
	/** @type {any} its type depends on that */
	const underlying = {
		type,
		async pull(/** @type {ReadableByteStreamController} */ controller) {
			let piece;
			try {
				piece = await source.read();
			} catch (error) {
				failure.error = error;
				throw error;
			}
			if (piece) {
				controller.enqueue(new Uint8Array(piece)); // a copy: what is enqueued is taken away, and may be another's too
			} else {
				controller.close();
				controller.byobRequest?.respond(0);
			}
		},
		cancel: source.cancel,
	};
	const Stream = globalThis.ReadableStream ?? model.constructor;
	/** @type {ReadableStream<Uint8Array>} */
	const stream = new Stream(underlying, { highWaterMark: 0 });
	abandoned?.register(stream, source);
	return stream;
}

/** All of a body at once. */
const reads = /** @type {const} */ (["arrayBuffer", "blob", "bytes", "formData", "json", "text"]);

/**
 * The answer with what only the platform's own knows, and its clones likewise. What reads all of a body fails as the body did: Chromium
 * would make an abort a TypeError where the stream is a program's.
 * @param {Response} answer
 * @param {PlatformResponse} response
 * @param {Failure} failure
 * @returns {Response}
 */
function known(answer, response, failure) {
	const { url, type, redirected } = response;
	/** @type {Record<string, unknown>} */
	const own = { url, type, redirected, clone: () => known(Response.prototype.clone.call(answer), response, failure) };
	for (const name of reads) {
		const read = /** @type {any} */ (Response.prototype)[name];
		if (read) {
			own[name] = () =>
				read.call(answer).catch((/** @type {unknown} */ error) => {
					throw "error" in failure ? failure.error : error;
				});
		}
	}
	return Object.defineProperties(
		answer,
		Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value, configurable: true }])),
	);
}
