// A call that is sent once more where its answer says that the token in it is dead.

/**
 * What differs between those who make calls.
 * @template {{ serial?: number }} Carried
 * @template Answer
 * @typedef {object} Way
 * @property {(instead?: number) => Promise<Carried>} token what the call carries; instead: another one than that of this serial
 * @property {(token: Carried, again: (reason: string | undefined) => void) => Promise<Answer>} send sends the call, and has its
 *   answer judged. Where that means that the token is dead, and the call can be sent once more, `again` is told the reason at
 *   once, and last: whoever asks for another token late may meet what came of that.
 * @property {(token: Carried) => void} [refused] told of a token before another one is asked for
 * @property {(answer: Answer) => void} drop told of an answer that nobody gets, as the call is sent once more
 */

/**
 * Sends a call: once, and once more for each reason for which its token is dead, as two tokens can die together.
 * @template {{ serial?: number }} Carried
 * @template Answer
 * @param {Way<Carried, Answer>} way
 * @returns {Promise<{ answer: Answer, replays: number }>} the last answer, and how often the call was sent once more
 */
export async function withReplay({ token: tokenFor, send, refused, drop }) {
	/** @type {Set<string | undefined>} */
	const reasons = new Set();
	let token = await tokenFor();
	for (let replays = 0; ; replays++) {
		/** @type {Promise<Carried> | undefined} */
		let asked;
		const answer = await send(token, (reason) => {
			if (!reasons.has(reason)) {
				reasons.add(reason);
				refused?.(token);
				asked = tokenFor(token.serial);
			}
		});
		const other = await asked;
		if (other === undefined || other.serial === token.serial) {
			return { answer, replays }; // where no other could be had, others still use this one: the answer is the caller's
		}
		drop(answer);
		token = other;
	}
}
