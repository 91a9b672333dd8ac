// A refusal by what stands before the vendor, such as a firewall. It does not say why; whether it refuses a path that no vendor
// has as well tells whether the credentials can have to do with it.
import { isIP } from "node:net";
import { problem } from "./finding.js";
import { probe } from "./probe.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./way.js").Way} Way */

/** @typedef {import("./probe.js").Answer} Answer */

/**
 * What a path that no vendor has is answered, without credentials.
 * @param {Way | undefined} way
 * @param {URL} base
 * @returns {Promise<Answer | undefined>}
 */
export const askAnything = async (way, base) => way && probe(way, base).catch(() => undefined);

/**
 * Whether that is refused too. A vendor's own gateway may refuse in JSON whoever shows no key.
 * @param {Answer | undefined} answer
 */
export const isRefusal = (answer) => (answer?.status === 403 || answer?.status === 418) && answer.type !== "json";

/**
 * @param {object} it
 * @param {string} it.answered what the login was answered, as the beginning of a sentence
 * @param {string} it.called the interface
 * @param {URL} it.base
 * @param {Way | undefined} it.way
 * @param {Answer | undefined} it.other what a path that no vendor has is answered
 * @param {import("./recorder.js").Exchange} it.last
 * @param {string} it.page what such a page means of this system, or ""
 * @returns {Finding}
 */
export function refusedBefore({ answered, called, base, way, other, last, page }) {
	if (last.status === 418 && isIP(base.hostname.replace(/^\[|\]$/g, ""))) {
		return problem(
			"token",
			"wrong_base_url",
			"the base URL has an address, and must have the vendor's host name",
			`${answered}. Who calls an address names no host (in TLS: no SNI), and what stands before the vendor answers that with 418.`,
			["Write the vendor's host name in the base URL in place of the address."],
		);
	}
	if (isRefusal(other)) {
		return problem(
			"token",
			"blocked",
			"whatever is asked, it is refused: the address, or what stands before the vendor",
			`${answered}, and a path that no vendor has answers ${other?.status} as well, without credentials.`,
			[...addressAdvice(way), ...asking(page)],
		);
	}
	return problem(
		"token",
		"blocked",
		`what stands before the vendor refuses ${called}${other ? ", and only that" : ""}`,
		`${answered}${other ? `, and a path that no vendor has answers ${other.status}` : ""}. This machine's address may not be admitted there, or the key or secret is wrong: the answer does not tell.`,
		[
			"Copy key and secret anew, without spaces at their ends.",
			"Try once from a machine whose address is certainly admitted. If it works there, it is the address.",
			...addressAdvice(way),
			...asking(page),
		],
	);
}

/** @param {string} page */
const asking = (page) => [
	...(page === "" ? [] : [page]),
	"Do not try in a loop: a firewall may ban who knocks again and again. Ask who runs it what its log says.",
];

/** @param {Way | undefined} way */
export function addressAdvice(way) {
	const local = way?.local ?? "";
	return [
		"Have the address that the calls come from added to the tenant's allow list (trustlist).",
		`${local ? `This machine's own is ${local}; ` : ""}behind a NAT or proxy the vendor sees that one's address: ask who runs your network.`,
	];
}
