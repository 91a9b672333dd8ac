// The way to one base URL, walked step by step until one of them fails.
import { isIP } from "node:net";
import { skipped, warning, well } from "./finding.js";
import { hostOf, portOf, reach, resolveName, shakeHands } from "./network.js";
import {
	certificateProblem,
	connectionProblem,
	day,
	handshakeProblem,
	httpOnHttps,
	httpsOnHttp,
	interception,
	nameProblem,
	noAnswer,
	perhapsProxy,
	proxyRefusal,
	proxyUnreachable,
	wrongClock,
} from "./obstacles.js";
import { probe } from "./probe.js";
import { straight, throughProxy } from "./way.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./proxy.js").Proxy} Proxy */
/** @typedef {import("./way.js").Look} Look */
/** @typedef {import("./way.js").Way} Way */

/** A difference of clocks that is told, in milliseconds. Answers travel, and their clocks count whole seconds. */
const tolerableMs = 60_000;

/**
 * @param {URL} base
 * @param {Proxy | undefined} proxy that the environment names for it
 * @param {(step: string) => void} begin told of each step ahead
 * @param {Look} look
 * @returns {AsyncGenerator<Finding, Way | undefined>} at last the way, unless a step was a problem
 */
export async function* route(base, proxy, begin, look) {
	const way = proxy?.use ? yield* proxiedWay(base, proxy, proxy.use, begin, look) : yield* straightWay(base, proxy, begin, look);
	if (!way?.seen) {
		return way;
	}
	if (base.protocol === "https:") {
		begin("TLS");
		const finding = await tls(way, base, look);
		yield finding;
		if (finding.level === "problem") {
			return undefined;
		}
	}
	return (yield* answers(way, base, begin, look)) ? way : undefined;
}

/** @param {unknown} error */
const codeOf = (error) => String(/** @type {{ code?: unknown }} */ (error)?.code ?? "");

/**
 * @param {URL} base
 * @param {Proxy | undefined} proxy that is not used
 * @param {(step: string) => void} begin
 * @param {Look} look
 * @returns {AsyncGenerator<Finding, Way | undefined>}
 */
async function* straightWay(base, proxy, begin, look) {
	const way = straight(base, look);
	begin("name");
	try {
		const addresses = await resolveName(way.host, way.ms);
		yield well("name", isIP(way.host) ? `${way.name} is an address itself` : `${way.name} is ${addresses.join(", ")}`);
	} catch (error) {
		yield perhapsProxy(proxy, nameProblem(way.name, codeOf(error)));
		return undefined;
	}

	begin("connection");
	try {
		const { remote, local, ms } = await reach(way.host, way.port, way.ms);
		yield well("connection", `${remote} port ${way.port} in ${ms} ms, from ${local}`);
		return { ...way, local };
	} catch (error) {
		yield perhapsProxy(proxy, connectionProblem(way, codeOf(error)));
		return undefined;
	}
}

/**
 * @param {URL} base
 * @param {Proxy} proxy
 * @param {import("./proxy.js").Use} use
 * @param {(step: string) => void} begin
 * @param {Look} look
 * @returns {AsyncGenerator<Finding, Way | undefined>}
 */
async function* proxiedWay(base, proxy, use, begin, look) {
	const way = throughProxy(base, proxy, use, look);
	const { url } = use;
	begin("proxy");
	let local;
	try {
		({ local } = await reach(hostOf(url), portOf(url), way.ms));
	} catch (error) {
		yield proxyUnreachable(proxy, way, codeOf(error));
		return undefined;
	}
	if (url.protocol === "https:") {
		const finding = await tls(straight(url, look), url, look);
		if (finding.level !== "ok") {
			yield { ...finding, step: "proxy", found: `the proxy that ${proxy.variable} names: ${finding.found}` };
		}
		if (finding.level === "problem") {
			return undefined;
		}
	}
	yield well("proxy", `${proxy.variable}: ${way.via} can be reached`);
	yield skipped("name", `${way.name} is looked up by the proxy`);
	if (!way.seen || way.forward) {
		yield skipped(
			"connection",
			way.forward
				? "the proxy takes requests for http:// whole, and connects to the host itself"
				: `the proxy speaks ${url.protocol.slice(0, -1)}: what is beyond it is left to the login`,
		);
		return { ...way, local };
	}

	begin("connection");
	try {
		(await way.open()).destroy();
		yield well("connection", `the proxy connects to ${way.name} port ${way.port}`);
		return { ...way, local };
	} catch (error) {
		yield proxyRefusal(proxy, way, /** @type {{ status?: number, reason?: string, code?: string }} */ (error));
		return undefined;
	}
}

/**
 * @param {Way} way
 * @param {URL} base
 * @param {Look} look
 * @returns {Promise<Finding>}
 */
async function tls(way, base, { unchecked, quote }) {
	const { host, name } = way;
	let handshake;
	try {
		handshake = await shakeHands(await way.open(), host, way.ms);
	} catch (error) {
		const plain = new URL(base);
		plain.protocol = "http:";
		plain.port = String(way.port);
		// A server of TLS may answer 400 to what is none; a server of HTTP answers anything to its own.
		const spoken = await probe(way, plain).then(
			({ status }) => status,
			() => 0,
		);
		return spoken !== 0 && spoken !== 400 ? httpsOnHttp(way, codeOf(error), spoken) : handshakeProblem(way, codeOf(error));
	}
	const { protocol, fault } = handshake;
	const certificate = {
		...handshake.certificate,
		issuer: quote(handshake.certificate.issuer),
		names: handshake.certificate.names.map(quote),
	};
	// Where certificates are not checked, a login goes on over a wrong one: so does the way.
	const met = (/** @type {Finding} */ finding) => (unchecked ? { ...finding, level: /** @type {const} */ ("warning") } : finding);
	if (!fault) {
		return well("TLS", `${protocol}, certificate by ${certificate.issuer}, good until ${day(certificate.to)}`);
	}
	if (fault === "CERT_HAS_EXPIRED" || fault === "CERT_NOT_YET_VALID") {
		const skewMs = (await probe(way, base).catch(() => undefined))?.skewMs ?? 0;
		const theirs = Date.now() - skewMs;
		if (Math.abs(skewMs) > tolerableMs && theirs >= certificate.from.getTime() && theirs <= certificate.to.getTime()) {
			return met(
				wrongClock(
					"TLS",
					name,
					skewMs,
					`By this machine's clock the certificate is ${fault === "CERT_HAS_EXPIRED" ? "no longer" : "not yet"} valid; by the server's clock it is.`,
				),
			);
		}
	}
	return met(certificateProblem(name, fault, certificate));
}

/**
 * Whether HTTP is spoken there, by whom, and with what clock.
 * @param {Way} way
 * @param {URL} base
 * @param {(step: string) => void} begin
 * @param {Look} look
 * @returns {AsyncGenerator<Finding, boolean>} at last whether the way goes on
 */
async function* answers(way, base, begin, { quote }) {
	const speaksTLS = async () =>
		base.protocol === "http:" &&
		way
			.open()
			.then((socket) => shakeHands(socket, way.host, way.ms))
			.then(
				() => true,
				() => false,
			);
	begin("answer");
	let answer;
	try {
		answer = await probe(way, base);
	} catch (error) {
		yield (await speaksTLS()) ? httpOnHttps(way, `a plain request fails (${codeOf(error)})`) : noAnswer(way, codeOf(error));
		return false;
	}
	const { status, type, location, reason, skewMs } = answer;
	if (status === 400 && (await speaksTLS())) {
		yield httpOnHttps(way, "a plain request is answered with 400");
		return false;
	}
	const intercepted =
		way.proxy && way.forward && reason ? { ...proxyRefusal(way.proxy, way, { status, reason }), step: "answer" } : interception(status);
	if (intercepted) {
		yield intercepted;
		return false;
	}
	yield status < 300 && type === "html"
		? warning(
				"answer",
				"page_instead_of_answer",
				`a path that no vendor has is answered with ${status} and a page of HTML`,
				"A login page, a proxy or a web site answers here for any path.",
				["Check host, port and path of the base URL; the step token shows whether the vendor is there nevertheless."],
			)
		: location !== undefined && location !== base.origin
			? warning(
					"answer",
					"redirected",
					`a path that no vendor has is redirected to ${quote(location)}`,
					"A login portal answers so, or the service has moved.",
					["If the step token fails: log in to the network in a browser, or use the new address as the base URL."],
				)
			: well("answer", `${status} to a path that is not there, without credentials`);

	begin("clock");
	if (skewMs === undefined) {
		yield skipped("clock", "the answer has no date to compare with");
	} else if (Math.abs(skewMs) <= tolerableMs) {
		yield well("clock", `as the server's, within ${Math.max(1, Math.ceil(Math.abs(skewMs) / 1000))} s`);
	} else {
		yield wrongClock("clock", way.name, skewMs, "The server says so in the Date of its answer.");
	}
	return true;
}
