// A vendor's answer, read as far as it can say what becomes of the token, or may hold one that no page is to see.
import { maxAnswer } from "../../generated/limits.js";
import { tokens } from "../../generated/tokens.js";
import { headOf } from "../../client/http.js";
import { maxMeaning } from "../../client/meaning.js";
import { membersOf, objectOf } from "../../client/members.js";
import { peek } from "../../client/source.js";
import { sourceOf } from "../request/body.js";
import { Problem } from "../request/problem.js";
import { isPacked } from "./encoding.js";
import { vendorsSource } from "./onward.js";
import { begun, begunAs, look, whyWithheld } from "./token-answer.js";

/** @typedef {import("../../client/members.js").Member} Member */
/** @typedef {import("../../client/source.js").Source} Source */
/** @typedef {import("../../generated/tokens.js").Tokens} Tokens */

/**
 * A vendor's answer, as far as it was read.
 * @typedef {object} Understood
 * @property {{ status: number, retryAfter?: string, date?: string, rolled?: string, body?: string } | undefined} meaning what the
 *   core is to judge; undefined where the answer cannot say anything of the token
 * @property {Uint8Array<ArrayBuffer> | Source | null} body what the caller gets
 * @property {Problem} [withheld] why no caller may get it
 * @property {() => void} drop where nobody gets it
 */

/**
 * @param {Response} response
 * @param {import("../keeper/sessions.js").KeptToken} token that the call carried
 * @param {import("../../generated/systems.js").System} system
 * @param {Record<string, unknown>} log
 * @returns {Promise<Understood>}
 */
export async function understand(response, { rolls }, system, { request, connection }) {
	const spoken = tokens[system];
	const { headers, body, ok } = response;
	const head = headOf(response, rolls);
	// Where somebody is signed in, each call is a sign of life.
	const told = !ok || head.rolled !== undefined || spoken.signsIn;
	if (!body) {
		return { meaning: told ? head : undefined, body: null, drop() {} };
	}
	const source = vendorsSource(response);
	// Of a stream the request's own line is written before its first byte is there.
	const note = (/** @type {Problem} */ { reason }) => console.log(JSON.stringify({ event: "stream_ended", request, connection, reason }));
	const drop = source.cancel;
	if (ok && spoken.rolls !== "" && /\bjson\b/i.test(headers.get("content-type") ?? "")) {
		const { said, ...rest } = await withoutToken(headers, source, spoken, note);
		return {
			...rest,
			meaning: told || said.length > 0 ? { ...head, body: base64(objectOf(said).subarray(0, maxMeaning)) } : undefined,
			drop,
		};
	}
	const { bytes, ...rest } = await look(response, source, note);
	const begins = isPacked(headers) ? new Uint8Array() : bytes.subarray(0, maxMeaning);
	return { ...rest, meaning: told || says(begins, spoken) ? { ...head, body: base64(begins) } : undefined, drop };
}

/**
 * JSON of a system that sends new tokens along: such a token is for the session, and the page must not see it, whether it is adopted or
 * came too late. So all of it is read before the page has any. Where that takes too long its headers pass.
 * @param {Headers} headers
 * @param {Source} source
 * @param {Tokens} spoken
 * @param {(why: Problem) => void} note is told why a body was ended
 * @returns {Promise<{ said: Member[], body: Uint8Array<ArrayBuffer> | Source, withheld?: Problem }>} said: what is for the session
 */
async function withoutToken(headers, source, spoken, note) {
	const taken = (/** @type {import("../../client/source.js").Peeked} */ { bytes, whole }) => {
		if (!whole) {
			source.cancel();
			return {
				...{ said: [], body: bytes },
				withheld: new Problem("response_too_large", "The vendor's JSON is larger than 1 MiB, and may hold a token that must not pass.", {
					reason: "answer_too_large",
				}),
			};
		}
		const members = isPacked(headers) ? undefined : membersOf(bytes);
		const own = members?.filter(({ name }) => name !== spoken.rolls);
		const body = members && own && own.length < members.length ? objectOf(own) : bytes;
		return { said: members?.filter((member) => tells(member, spoken)) ?? [], body, withheld: whyWithheld(headers, body, true) };
	};
	const beginning = await begun(true, (late) => peek(source, maxAnswer, { late }));
	if (!beginning.late) {
		return taken(beginning);
	}
	const held = begunAs(source, async () => {
		const { body, withheld } = taken(await peek(beginning.source, maxAnswer));
		if (!withheld) {
			return sourceOf(new Blob([body]).stream());
		}
		note(withheld);
		source.cancel();
		return sourceOf(null);
	});
	return { said: [], body: held };
}

/**
 * Whether an answer under a success's status may say what becomes of the token. Its session is far, and not asked for nothing.
 * @param {Uint8Array} bytes of its beginning
 * @param {Tokens} spoken
 */
function says(bytes, spoken) {
	if (!spoken.speaks || bytes.length === 0) {
		return false;
	}
	const members = membersOf(bytes);
	if (members) {
		return members.some((member) => tells(member, spoken));
	}
	const text = new TextDecoder().decode(bytes);
	return spoken.codes.some((name) => text.includes(JSON.stringify(name)));
}

/** @param {Member} member @param {Tokens} spoken */
const tells = ({ name, text }, { rolls, codes, success }) =>
	name === rolls || (codes.includes(name) && !success.includes(text.replace(/^"(.*)"$/, "$1")));

/** @param {Uint8Array} bytes */
function base64(bytes) {
	let text = "";
	for (let at = 0; at < bytes.length; at += 8192) {
		text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	}
	return btoa(text);
}
