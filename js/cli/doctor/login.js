// The token itself, by the package: what it says, together with what the vendor was seen to answer.
import { TokenError } from "../../error.js";
import { createClient, validateIdentity } from "../../node.js";
import { shorten, span } from "../terminal.js";
import { problem, well } from "./finding.js";
import { obstacle, proxyRefusal, proxyUnreachable } from "./obstacles.js";
import { probe } from "./probe.js";
import { record } from "./recorder.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./recorder.js").Exchange} Exchange */
/** @typedef {import("../../identity.js").Fields} Fields */
/** @typedef {import("./way.js").Look} Look */
/** @typedef {import("./way.js").Way} Way */

/**
 * What is known when a token was refused.
 * @typedef {object} Case
 * @property {Fields} identity
 * @property {TokenError} error
 * @property {Exchange} last
 * @property {Way | undefined} way where the last request went
 * @property {Look} look
 */

/**
 * @param {import("../../identity.js").VendorIdentity} identity
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
 * @param {import("../../identity.js").VendorIdentity} identity
 * @param {{ timeoutMs: number, ways: ReadonlyMap<string, Way>, look: Look }} world ways: by origin
 * @returns {Promise<{ finding: Finding, token?: import("../../token.js").Token }>}
 */
export async function login(identity, { timeoutMs, ways, look }) {
	const { fetch, exchanges } = record();
	const client = createClient({ fetch, timeoutMs });
	try {
		const token = await client.getToken(identity);
		const life = token.expiresAt ? `lives ${span(token.expiresAt.getTime() - token.issuedAt.getTime())}` : "states no lifetime";
		return { finding: well("token", `${shorten(token.value)} was got, and ${life}`), token };
	} catch (error) {
		const last = exchanges.at(-1) ?? { origin: "", path: "", status: 0, content: "empty", location: undefined, about: undefined, failure: "" };
		return { finding: await explain({ identity: /** @type {Fields} */ (identity), error: /** @type {TokenError} */ (error), last, way: ways.get(last.origin), look }) };
	} finally {
		client.close();
	}
}

/**
 * @param {Case} it
 * @returns {Promise<Finding>}
 */
async function explain(it) {
	const { identity, error, last, way, look } = it;
	const answered = answerOf(it);
	switch (error.code) {
		case "credentials_refused":
		case "address_not_admitted":
			return refused(it);
		case "vendor_failure":
			return last.about === "key" || error.vendorCode === 401 || error.vendorCode === 403
				? wrongCredentials(identity, `${answered}, and the vendor's code${last.about === "key" ? " and text speak" : " speaks"} of the credentials.`)
				: problem("token", "vendor_failure", `the vendor reports a failure${error.vendorCode === undefined ? "" : ` (its code ${error.vendorCode})`}`, `${answered}; its documents call that a failure of the values that were sent.`, [
						identity.system === "appcube" ? "Check appKey and appSecret first: AppCube says no more than a code, and its API Password can be changed at any time." : "Check the values of the identity's fields: user, channel, account.",
						"Look the code up in the vendor's documents, or ask the vendor.",
					]);
		case "bad_request":
			return problem("token", "bad_request", "the vendor calls the request incorrect", `${answered}.`, ["Check the values of the identity's fields.", "Check the path of the base URL."]);
		case "not_found":
			return problem("token", "wrong_base_url", "the vendor's interface is not at this base URL", `${answered}: something speaks HTTP there, but does not know the path.`, ["Check host, port and path of the base URL.", ...(identity.system === "ccmessaging" ? ["tokenByAkSk often has another base URL, mostly without the port: that is authUrl."] : [])]);
		case "redirected":
			return problem("token", "redirected", `the login is redirected${last.location ? ` to ${look.quote(last.location)}` : ""}`, `${answered}. Credentials are not sent after a redirect.`, [
				"If that is the vendor's new address, use it as the base URL.",
				"If it is not the vendor's, a network's login portal answers: log in with a browser, and try again.",
			]);
		case "rate_limited":
			return tooMany(`${answered}.`, error.retryAt);
		case "unavailable":
			return problem("token", "vendor_unavailable", "the vendor is not available at the moment", `${answered}, also when asked again${way?.forward ? "; it may be the proxy that says so" : ""}.`, ["Try again in a few minutes; then ask the vendor."]);
		case "timeout":
			return problem("token", "slow", "the vendor did not answer in time", `${way?.seen ? "The way to it is open, as the steps before show" : "The proxy can be reached"}; the answer to the login did not come.`, ["Try again, with a longer --timeout.", "Ask the vendor whether the login is slow."]);
		case "malformed_response":
		case "response_too_large":
			return strange(it);
		case "network":
			return lost(it);
		case "unexpected_status":
			return problem("token", "unexpected_status", `the login is answered with ${last.status}, which the vendor's documents do not have`, "A proxy or gateway between answers mostly, not the vendor.", ["Ask who runs the proxy or gateway."]);
	}
	return problem("token", "failed", error.message, `The package gave up with ${error.code}.`, ["docs/errors.md says what that means."]);
}

/** @param {Case} it */
const answerOf = (it) => `${pathOf(it)} answered ${it.last.status}`;

/**
 * The path that was called: what the base URL has of it is quoted, the rest is the interface's own.
 * @param {Case} it
 */
function pathOf({ identity: { authUrl, baseUrl }, last: { path }, look }) {
	const bases = [authUrl, baseUrl].map((url) => (url === undefined ? "" : new URL(String(url)).pathname.replace(/\/+$/, "")));
	const base = bases.filter((each) => path.startsWith(each)).sort((a, b) => b.length - a.length)[0] ?? path;
	return look.quote(base) + path.slice(base.length);
}

/**
 * A 401 or 403, or CubeDrive's "success": false. Vendors tell little apart here; what they leave open is said.
 * @param {Case} it
 * @returns {Finding}
 */
function refused(it) {
	const { identity, error, last, way, look } = it;
	const local = way?.local ?? "";
	const answered = answerOf(it);
	const supplied = identity.accessToken !== undefined;
	if (error.code === "address_not_admitted" || last.about === "address") {
		return problem("token", "address_not_admitted", "the vendor does not admit this machine's address", `${answered}, and its text speaks of an address.`, addressAdvice(local));
	}
	if (identity.system !== "ccmessaging") {
		return wrongCredentials(identity, identity.system === "cubedrive" ? `${pathOf(it)} answered "success": false.` : `${answered}${last.about === "key" ? ", and its text speaks of the credentials" : ""}: ${identity.system === "isales" ? `its document calls that ${error.status === 403 ? "a failed authentication" : "not authorised"}` : "that is a refusal"}.`);
	}
	if (last.path.endsWith("/tokenByAkSk")) {
		if (last.about === "key" || error.status === 401) {
			return wrongCredentials(identity, `${answered}${last.about === "key" ? ", and its text speaks of the key or secret" : ""}.`);
		}
		return problem("token", "refused_unclear", "tokenByAkSk refuses, and does not say why", `${answered}: a wrong app key, a wrong app secret, an app that is switched off and an address that is not admitted can all look like this.`, [
			"Log in once from a machine whose address is certainly admitted, with the same key and secret. If it works there, it is the address.",
			"If it fails there too, it is the key or the secret: copy both anew from the API Fabric, without spaces at their ends.",
			...addressAdvice(local),
		]);
	}
	// applyToken: an AccessToken was there, and was not enough.
	if (supplied && (last.about === "token" || error.status === 401)) {
		return problem("token", "access_token_expired", "the AccessToken that was given has expired, or is none", `${answered}${last.about === "token" ? ", and its text speaks of an expired or illegal token" : ""}. An AccessToken lives an hour at most.`, [
			"Get a new one by tokenByAkSk from where you got this one, and give that.",
			"Or give appSecret in place of accessToken: then it is fetched and renewed by itself.",
		]);
	}
	if (last.about === "token") {
		return problem("token", "access_token_not_accepted", "applyToken does not accept an AccessToken that was issued a moment ago", `tokenByAkSk gave one for this key and secret, so both are right; ${answered}, and its text speaks of an expired or illegal token.`, [
			"Check that authUrl and baseUrl are of the same environment: one's tokens are nothing to the other.",
			"Ask the vendor to compare the clocks of the two servers.",
		]);
	}
	if (last.about === "key") {
		return wrongCredentials(identity, `${answered}, and its text speaks of the app key.`);
	}
	return problem(
		"token",
		"refused_unclear",
		"applyToken refuses, and does not say why",
		supplied
			? `${answered}: an AccessToken that has expired, one of another app key, and an address that is not admitted can all look like this.`
			: `${answered}. tokenByAkSk gave an AccessToken, so key and secret are right; what is left is an app that may not use the web client, and an address that is not admitted there.`,
		[
			...(supplied ? ["Try a new AccessToken, of this very app key; it lives an hour at most."] : ["Check that the app key is allowed to call ccmessaging, and the channel is its own."]),
			"Try once from a machine whose address is certainly admitted. If it works there, it is the address.",
			...addressAdvice(local),
		],
	);
}

/** @param {string} local */
function addressAdvice(local) {
	return [
		"Have the address that the calls come from added to the tenant's allow list (trustlist).",
		`${local ? `This machine's own is ${local}; ` : ""}behind a NAT or proxy the vendor sees that one's address: ask who runs your network.`,
	];
}

/**
 * @param {Fields} identity
 * @param {string} because
 */
function wrongCredentials(identity, because) {
	/** @type {Record<string, [string, string[]]>} */
	const of = {
		appcube: ["appKey or appSecret is wrong", ["Compare appKey with the tenant ID, and appSecret with the IVR's API Password: it can be changed at any time."]],
		ccmessaging: ["the app key or the app secret is wrong, or the app is switched off", ["Copy both anew from the API Fabric, without spaces or line ends around them.", "Check that the app is still switched on there, and subscribed."]],
		isales: ["user or passwd is wrong, or the account is locked", ["Log in once with the same pair where a person does. If it works there, compare how it is written here.", "Check that the account is not locked or expired; wait before more attempts, as they may lock it."]],
		cubedrive: ["the application's or the user's parameters are wrong, or either is switched off", ["Compare the names and the values of params with what your deployment asks for.", "CubeDrive tolerates few logins: wait a few minutes before the next."]],
	};
	const [found, todo] = /** @type {[string, string[]]} */ (of[identity.system ?? ""]);
	return problem("token", "wrong_credentials", found, because, [...todo, "The same credentials fail until something changes: do not repeat them in a loop."]);
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
		const what = error.code === "response_too_large" ? "with more than 1 MiB, which is not read" : { empty: "with nothing in it", json: "with JSON of another form", other: "with no JSON" }[last.content];
		return problem("token", "malformed_answer", error.code === "response_too_large" ? "the answer is far larger than the documented JSON" : "the answer is not the documented JSON", `${answered} ${what}.`, [
			"Check host, port and path of the base URL: another service may be there.",
			"If it is right, the vendor has changed its answers: please report it, without the answer's values.",
		]);
	}
	if (identity.system === "cubedrive" && (await verifies(String(identity.baseUrl), look.ms))) {
		return tooMany(`getLogin answered with a page of HTML, while verifyAuthToken answers properly: so CubeDrive itself is there, and intercepts logins that come too often.`, null);
	}
	return problem("token", "page_instead_of_answer", "a page of HTML came in place of the answer", `${answered} with HTML: a login page, a proxy, a firewall or a web site is between or at this address.`, [
		"Open the base URL in a browser on this machine: the page mostly says whose it is.",
		"If it is a network's login, log in; if it is a proxy or firewall, ask who runs it; if it is a web site, check the base URL.",
		...(identity.system === "cubedrive" ? ["CubeDrive also answers so to those who log in too often: wait a few minutes."] : []),
	]);
}

/**
 * Whether CubeDrive answers about a token that nobody has. That is no login, and costs none.
 * @param {string} baseUrl
 * @param {number} ms
 */
async function verifies(baseUrl, ms) {
	try {
		const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/verifyAuthToken?authToken=cctoken-doctor`, { redirect: "manual", signal: AbortSignal.timeout(ms) });
		return "success" in (await response.json());
	} catch {
		return false;
	}
}

/**
 * @param {Case} it
 * @returns {Promise<Finding>}
 */
async function lost(it) {
	const { last: { failure, status, origin, path }, way } = it;
	// Node's fetch shows a 407 to nobody: it fails, and gives no reason. So the same is sent once more by other means, empty.
	const hidden = failure === "" && status === 0 && way ? await probe(way, new URL(origin), { method: "POST", path }).then((answer) => answer.status, () => 0) : 0;
	if (hidden === 407) {
		return problem("token", "proxy_authentication", "a proxy asks for a login of its own (407)", "No vendor answers 407: a proxy on the way, or that of the environment, does.", [
			"Give the proxy's address with its login in HTTPS_PROXY, http://USER:PASSWORD@HOST:PORT, with NODE_USE_ENV_PROXY=1 on Node 24 (or 22.21) and later.",
			"Or ask who runs the proxy to let this machine through to the vendor's host.",
		]);
	}
	const met = way && obstacleOn(way, failure);
	return met
		? { ...met, step: "token" }
		: problem("token", "connection_reset", "the connection breaks during the login", `${pathOf(it)} ${status ? `began to answer with ${status} and broke off` : `was called and did not answer (${failure || "no reason is given"})`}, also when tried again${way?.seen ? "; yet the steps before went well" : ""}.`, [
				"A firewall that looks into requests may end it: ask who runs it.",
				"Try again; then ask the vendor.",
			]);
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
