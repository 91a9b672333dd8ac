// The token itself, by the package: what it says, together with what the vendor was seen to answer.
import { TokenError } from "../../client/error.js";
import { parts, texts } from "../../generated/texts.js";
import { createClient, validateIdentity } from "../../node.js";
import { baseAt, dependencyOf, isGiven } from "../bases.js";
import { acquire, signsIn } from "../sign-in.js";
import { shorten, span } from "../terminal.js";
import { addressAdvice, askAnything, isRefusal, refusedBefore } from "./blocked.js";
import { problem, well } from "./finding.js";
import { obstacle, proxyRefusal, proxyUnreachable } from "./obstacles.js";
import { probe } from "./probe.js";
import { nothing, record } from "./recorder.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./recorder.js").Exchange} Exchange */
/** @typedef {import("../../generated/identity.js").VendorIdentity} VendorIdentity */
/** @typedef {import("../../generated/texts.js").Advice} Advice */
/** @typedef {import("./way.js").Look} Look */
/** @typedef {import("./way.js").Way} Way */

/**
 * What is known when a token was refused.
 * @typedef {object} Case
 * @property {VendorIdentity} identity
 * @property {TokenError} error
 * @property {Exchange} last
 * @property {Way | undefined} way where the last request went
 * @property {Look} look
 */

/**
 * @param {VendorIdentity} identity
 * @returns {Promise<TokenError | undefined>} what the core has against it
 */
export async function check(identity) {
	try {
		await validateIdentity(identity);
		return undefined;
	} catch (error) {
		if (error instanceof TokenError && error.code === "invalid_identity") {
			return error;
		}
		throw error;
	}
}

/**
 * @param {VendorIdentity} identity
 * @param {{ timeoutMs: number, ways: ReadonlyMap<string, Way>, look: Look, options?: Readonly<Record<string, any>> }} world ways: by origin
 * @returns {Promise<{ finding: Finding, token?: import("../../client/token.js").Token, end: () => Promise<void> }>} end: when the
 *   token is not needed any more; who was signed in for it is signed out
 */
export async function login(identity, { timeoutMs, ways, look, options = {} }) {
	const { fetch, exchanges } = record(identity.system);
	const client = createClient({ fetch, timeoutMs });
	const end = async () => {
		if (signsIn(identity.system)) {
			await client.signOut(identity).catch(() => {}); // the vendor ends it by itself
		}
		client.close();
	};
	try {
		const token = await acquire(client, identity, options);
		const life = token.expiresAt ? `lives ${span(token.expiresAt.getTime() - token.issuedAt.getTime())}` : "states no lifetime";
		return { finding: well("token", `${shorten(token.value)} was got, and ${life}`), token, end };
	} catch (error) {
		const last = exchanges.at(-1) ?? nothing;
		const it = { identity, error: /** @type {TokenError} */ (error), last, way: ways.get(last.origin), look };
		return { finding: await explain(it), end };
	}
}

/**
 * @param {Case} it
 * @returns {Promise<Finding>}
 */
async function explain(it) {
	const { error, last, way, look } = it;
	const answered = answerOf(it);
	switch (error.code) {
		case "credentials_refused":
		case "address_not_admitted":
			return refused(it);
		case "blocked":
			return blocked(it);
		case "account_locked":
			return problem(
				"token",
				"account_locked",
				"the vendor has locked the account",
				`${answered}${error.vendorCode === undefined ? "" : ` with its code ${error.vendorCode}`}: that is what comes after wrong credentials, and the right ones are not taken either.`,
				[
					"Find out who logs in with wrong credentials, and correct them there.",
					"Have the account unlocked, or wait until the vendor does it: each further attempt may lock it for longer.",
				],
			);
		case "already_signed_in":
			return problem(
				"token",
				"already_signed_in",
				"the person is signed in elsewhere",
				`${answered}${error.vendorCode === undefined ? "" : ` with its code ${error.vendorCode}`}. The credentials are right, as far as can be seen.`,
				["Sign out there; or end that session with --force, if it may be ended."],
			);
		case "vendor_failure":
			return isOfKey(last)
				? wrongCredentials(it, `${answered}, and its text speaks of the credentials.`)
				: problem(
						"token",
						"vendor_failure",
						`the vendor reports a failure${error.vendorCode === undefined ? "" : ` (its code ${error.vendorCode})`}`,
						`${answered}; its documents call that a failure of the values that were sent.`,
						[
							saidOf(it).failed || "Check the values of the identity's fields: user, channel, account.",
							"Look the code up in the vendor's documents, or ask the vendor.",
						],
					);
		case "bad_request":
			return problem("token", "bad_request", "the vendor calls the request incorrect", `${answered}.`, [
				"Check the values of the identity's fields.",
				"Check the path of the base URL.",
			]);
		case "not_found":
			return problem(
				"token",
				"wrong_base_url",
				"the vendor's interface is not at this base URL",
				`${answered}: something speaks HTTP there, but does not know the path.`,
				["Check host, port and path of the base URL.", ...some(saidOf(it).absent)],
			);
		case "redirected":
			return problem(
				"token",
				"redirected",
				`the login is redirected${last.location ? ` to ${look.quote(last.location)}` : ""}`,
				`${answered}. Credentials are not sent after a redirect.`,
				[
					"If that is the vendor's new address, use it as the base URL.",
					"If it is not the vendor's, a network's login portal answers: log in with a browser, and try again.",
				],
			);
		case "rate_limited":
			return tooMany(`${answered}.`, error.retryAt);
		case "unavailable":
			return problem(
				"token",
				"vendor_unavailable",
				"the vendor is not available at the moment",
				`${answered}, also when asked again${way?.forward ? "; it may be the proxy that says so" : ""}.`,
				["Try again in a few minutes; then ask the vendor."],
			);
		case "timeout":
			return problem(
				"token",
				"slow",
				"the vendor did not answer in time",
				`${way?.seen ? "The way to it is open, as the steps before show" : "The proxy can be reached"}; the answer to the login did not come.`,
				["Try again, with a longer --timeout.", "Ask the vendor whether the login is slow."],
			);
		case "malformed_response":
		case "response_too_large":
			return strange(it);
		case "network":
			return lost(it);
		case "unexpected_status":
			return problem(
				"token",
				"unexpected_status",
				`the login is answered with ${last.status}, which the vendor's documents do not have`,
				"A proxy or gateway between answers mostly, not the vendor.",
				["Ask who runs the proxy or gateway."],
			);
	}
	return problem("token", "failed", error.message, `The package gave up with ${error.code}.`, ["docs/errors.md says what that means."]);
}

/**
 * Whether it was the part on which the system depends that was asked last.
 * @param {Case} it
 */
const isAtPart = ({ identity, error }) => error.step === dependencyOf(identity)?.step && !isGiven(identity);

/**
 * What whoever was asked last says to people.
 * @param {Case} it
 * @returns {import("../../generated/texts.js").FailureTexts}
 */
function saidOf(it) {
	const part = isAtPart(it) ? parts[dependencyOf(it.identity)?.system ?? ""] : undefined;
	return part ?? texts[it.identity.system];
}

/** @param {string} text "" where there is none */
const some = (text) => (text === "" ? [] : [text]);

/** @param {Exchange} last */
const isOfKey = (last) => last.about === "key_refused";

/** @param {Case} it */
const answerOf = (it) => `${pathOf(it)} answered ${it.last.status}`;

/**
 * The path that was called: what the base URL has of it is quoted, the rest is the interface's own.
 * @param {Case} it
 */
function pathOf({ identity, error, last: { path }, look }) {
	const bases = [baseAt(identity, error.step), identity.baseUrl].map((url) => new URL(url).pathname.replace(/\/+$/, ""));
	const base = bases.filter((each) => path.startsWith(each)).sort((a, b) => b.length - a.length)[0] ?? path;
	return look.quote(base) + path.slice(base.length);
}

/**
 * The interface that was called, by the end of its path.
 * @param {Case} it
 */
const interfaceOf = (it) => /** @type {string} */ (pathOf(it).split("/").at(-1));

/** @param {Case} it */
const baseOf = ({ identity, error }) => new URL(baseAt(identity, error.step));

/**
 * What came in place of a documented answer: no more is said of it than was seen.
 * @param {Exchange} last
 */
const contentOf = ({ content }) =>
	({ empty: "with nothing in it", json: "with JSON of another form", other: "with no JSON", html: "with a page of HTML" })[content];

/**
 * A refusal by what stands before the vendor: of everything, or of the login alone.
 * @param {Case} it
 * @param {import("./probe.js").Answer} [other] what a path that no vendor has is answered, where it was asked already
 * @returns {Promise<Finding>}
 */
async function blocked(it, other) {
	const { identity, last, way, look } = it;
	const { intercepted, page } = saidOf(it);
	if (last.content === "html" && intercepted !== "" && (await verifies(identity, look.ms))) {
		return tooMany(intercepted, null);
	}
	const base = baseOf(it);
	return refusedBefore({
		answered: `${answerOf(it)} ${contentOf(last)}`,
		called: interfaceOf(it),
		base,
		way,
		other: other ?? (await askAnything(way, base)),
		last,
		page,
	});
}

/**
 * A 401 or 403, or a refusal by the body's own code. Vendors tell little apart here; what they leave open is said.
 * @param {Case} it
 * @returns {Promise<Finding>}
 */
async function refused(it) {
	const { identity, error, last, way } = it;
	const answered = answerOf(it);
	if (error.httpStatus === 403 && last.content === "empty") {
		// It may be the vendor's own word; but where anything is refused so, it tells nothing of the credentials.
		const other = await askAnything(way, baseOf(it));
		if (isRefusal(other)) {
			return blocked(it, other);
		}
	}
	if (error.code === "address_not_admitted" || last.about === "address_not_admitted") {
		return problem(
			"token",
			"address_not_admitted",
			"the vendor does not admit this machine's address",
			`${answered}, and its text speaks of an address.`,
			addressAdvice(way),
		);
	}
	const { relying } = texts[identity.system];
	if (relying && !isAtPart(it)) {
		return refusedWithToken(it, relying);
	}
	const { unclear, statuses } = saidOf(it);
	if (unclear && !isOfKey(last) && error.httpStatus !== 401) {
		return refusedUnclearly(it, unclear);
	}
	const called = statuses[error.httpStatus ?? 0];
	const code = error.httpStatus !== undefined && error.httpStatus < 300 ? last.code : "";
	const text = `${code && ` with ${code}`}${isOfKey(last) ? ", and its text speaks of the credentials" : ""}`;
	return wrongCredentials(it, `${answered}${text}${called ? `: its document calls that ${called}` : text ? "" : ": that is a refusal"}.`);
}

/**
 * The token of the part was there, and was not enough.
 * @param {Case} it
 * @param {import("../../generated/texts.js").RelyingTexts} relying
 */
function refusedWithToken(it, relying) {
	const { identity, error, last } = it;
	const given = isGiven(identity);
	const dead = last.about === "access_token_dead";
	const answered = `${answerOf(it)}${dead ? ", and its text speaks of an expired or illegal token" : ""}`;
	if (given && (dead || error.httpStatus === 401)) {
		const { found, because, try: todo } = relying.expired;
		return problem("token", "access_token_expired", found, `${answered}. ${because}`, [...todo]);
	}
	if (dead) {
		const { found, because, try: todo } = relying.distrusted;
		return problem("token", "access_token_not_accepted", found, `${answered}. ${because}`, [...todo]);
	}
	if (isOfKey(last)) {
		return wrongCredentials(it, `${answered}, and its text speaks of the credentials.`);
	}
	return refusedUnclearly(it, given ? relying.unclearGiven : relying.unclearIssued);
}

/**
 * @param {Case} it
 * @param {Advice} advice
 */
function refusedUnclearly(it, { because, try: todo }) {
	return problem("token", "refused_unclear", `${interfaceOf(it)} refuses, and does not say why`, `${answerOf(it)}. ${because}`, [
		...todo,
		...addressAdvice(it.way),
	]);
}

/**
 * @param {Case} it
 * @param {string} because
 */
function wrongCredentials(it, because) {
	const { found, try: todo } = saidOf(it).refused;
	return problem("token", "wrong_credentials", found, because, [
		...todo,
		"The same credentials fail until something changes: do not repeat them in a loop.",
	]);
}

/**
 * @param {string} because
 * @param {Date | null} retryAt
 */
function tooMany(because, retryAt) {
	return problem("token", "rate_limited", "the vendor has had too many calls", because, [
		retryAt ? `Wait until ${retryAt.toISOString()}.` : "Wait a few minutes.",
		"Find out who logs in so often: one process should hold one client and ask it for tokens, not log in for each call.",
	]);
}

/**
 * An answer that is not the documented one.
 * @param {Case} it
 * @returns {Promise<Finding>}
 */
async function strange(it) {
	const { identity, error, last, look } = it;
	const answered = answerOf(it);
	if (last.content !== "html") {
		const what = error.code === "response_too_large" ? "with more than 1 MiB, which is not read" : contentOf(last);
		return problem(
			"token",
			"malformed_answer",
			error.code === "response_too_large" ? "the answer is far larger than the documented JSON" : "the answer is not the documented JSON",
			`${answered} ${what}.`,
			[
				"Check host, port and path of the base URL: another service may be there.",
				"If it is right, the vendor has changed its answers: please report it, without the answer's values.",
			],
		);
	}
	const { intercepted, page } = saidOf(it);
	if (intercepted !== "" && (await verifies(identity, look.ms))) {
		return tooMany(intercepted, null);
	}
	return problem(
		"token",
		"page_instead_of_answer",
		"a page of HTML came in place of the answer",
		`${answered} with HTML: a login page, a proxy, a firewall or a web site is between or at this address.`,
		[
			"Open the base URL in a browser on this machine: the page mostly says whose it is.",
			"If it is a network's login, log in; if it is a proxy or firewall, ask who runs it; if it is a web site, check the base URL.",
			...some(page),
		],
	);
}

/**
 * Whether the vendor answers about a token that nobody has. That is no login, and costs none.
 * @param {VendorIdentity} identity
 * @param {number} ms
 */
async function verifies(identity, ms) {
	const client = createClient({ timeoutMs: ms });
	try {
		return (await client.verifyToken("cctoken-doctor", identity)).source === "vendor";
	} catch (error) {
		return error instanceof TokenError && error.code === "vendor_failure"; // it answers, though not about that token
	} finally {
		client.close();
	}
}

/**
 * @param {Case} it
 * @returns {Promise<Finding>}
 */
async function lost(it) {
	const {
		last: { failure, status, origin, path },
		way,
	} = it;
	// Node's fetch shows a 407 to nobody: it fails, and gives no reason. So the same is sent once more by other means, empty.
	const hidden =
		failure === "" && status === 0 && way
			? await probe(way, new URL(origin), { method: "POST", path }).then(
					(answer) => answer.status,
					() => 0,
				)
			: 0;
	if (hidden === 407) {
		return problem(
			"token",
			"proxy_authentication",
			"a proxy asks for a login of its own (407)",
			"No vendor answers 407: a proxy on the way, or that of the environment, does.",
			[
				"Give the proxy's address with its login in HTTPS_PROXY, http://USER:PASSWORD@HOST:PORT, with NODE_USE_ENV_PROXY=1 on Node 24 (or 22.21) and later.",
				"Or ask who runs the proxy to let this machine through to the vendor's host.",
			],
		);
	}
	const met = way && obstacleOn(way, failure);
	return met
		? { ...met, step: "token" }
		: problem(
				"token",
				"connection_reset",
				"the connection breaks during the login",
				`${pathOf(it)} ${status ? `began to answer with ${status} and broke off` : `was called and did not answer (${failure || "no reason is given"})`}, also when tried again${way?.seen ? "; yet the steps before went well" : ""}.`,
				["A firewall that looks into requests may end it: ask who runs it.", "Try again; then ask the vendor."],
			);
}

/**
 * @param {Way} way
 * @param {string} failure
 * @returns {Finding | undefined}
 */
function obstacleOn(way, failure) {
	const { proxy } = way;
	if (!proxy?.use) {
		return obstacle(way, failure);
	}
	if (failure.startsWith("PROXY_")) {
		return proxyRefusal(proxy, way, { status: Number(failure.slice(6)) });
	}
	const met = obstacle(way, failure);
	// Names and connections are the proxy's affair: what this machine looks up and connects to is the proxy itself.
	return met?.step === "name" || met?.step === "connection" ? proxyUnreachable(proxy, way, failure) : met;
}
