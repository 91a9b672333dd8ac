// The way to one base URL, step by step, until one of them fails.
import { isIP } from "node:net";
import { span } from "../terminal.js";
import { problem, skipped, warning, well } from "./finding.js";
import { hostOf, portOf, reach, resolveName, shakeHands } from "./network.js";
import { probe } from "./probe.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./proxy.js").Proxy} Proxy */

/** A difference of clocks that is told, in milliseconds. Answers travel, and their clocks count whole seconds. */
const tolerableMs = 60_000;

/**
 * @param {URL} base
 * @param {Proxy | undefined} proxy that the environment names for it
 * @param {(step: string) => void} begin told of each step ahead
 * @returns {AsyncGenerator<Finding, { local: string }>} at last the address that this machine has on the way
 */
export async function* route(base, proxy, begin) {
	const host = hostOf(base);
	const port = portOf(base);
	if (proxy?.used) {
		return yield* throughProxy(base, /** @type {Proxy & { url: URL | undefined }} */ (proxy), begin);
	}

	begin("name");
	try {
		const addresses = await resolveName(host);
		yield well("name", isIP(host) ? `${host} is an address itself` : `${host} is ${addresses.join(", ")}`);
	} catch (error) {
		yield perhapsProxy(proxy, nameProblem(host, codeOf(error)));
		return { local: "" };
	}

	begin("connection");
	let local = "";
	try {
		const { remote, local: own, ms } = await reach(host, port);
		local = own;
		yield well("connection", `${remote} port ${port} in ${ms} ms, from ${own}`);
	} catch (error) {
		yield perhapsProxy(proxy, connectionProblem(host, port, codeOf(error)));
		return { local };
	}

	if (base.protocol === "https:") {
		begin("TLS");
		const finding = await tls(base, host, port);
		yield finding;
		if (finding.level === "problem") {
			return { local };
		}
	}
	yield* answers(base, host, port, begin);
	return { local };
}

/** @param {unknown} error */
const codeOf = (error) => String(/** @type {{ code?: unknown }} */ (error)?.code ?? "");

/**
 * A way that is closed while a proxy is named is closed because of that.
 * @param {Proxy | undefined} proxy
 * @param {Finding} finding
 * @returns {Finding}
 */
function perhapsProxy(proxy, finding) {
	if (!proxy) {
		return finding;
	}
	const { able, variable } = proxy;
	return problem(
		finding.step,
		"proxy_not_used",
		`${finding.found}; and ${variable} names a proxy that this program does not use`,
		"Node's fetch goes straight to the host unless it is told otherwise; curl and browsers do use the proxy, so there it may work.",
		able
			? ["Set NODE_USE_ENV_PROXY=1 in the environment of this command, and of your program."]
			: [`This Node (${process.versions.node}) cannot use it: take Node 24, or 22.21, or later, and set NODE_USE_ENV_PROXY=1.`, "Or have the network let this machine reach the host directly."],
	);
}

/**
 * @param {URL} base
 * @param {Proxy} proxy
 * @param {(step: string) => void} begin
 * @returns {AsyncGenerator<Finding, { local: string }>}
 */
async function* throughProxy(base, { url, variable }, begin) {
	begin("proxy");
	if (!url) {
		yield problem("proxy", "proxy_unreachable", `${variable} is not a URL`, "Node takes the proxy from it.", [`Write it as http://HOST:PORT, or unset it.`]);
		return { local: "" };
	}
	const host = hostOf(url);
	const port = portOf(url);
	try {
		const { local } = await reach(host, port);
		yield well("proxy", `${variable}: ${host} port ${port} can be reached`);
		yield skipped("name", `${hostOf(base)} is looked up and connected to by the proxy`);
		return { local };
	} catch (error) {
		yield problem("proxy", "proxy_unreachable", `the proxy ${host} port ${port} that ${variable} names cannot be reached (${codeOf(error)})`, "NODE_USE_ENV_PROXY has all requests go through it.", [
			`Check ${variable}, or ask who runs the proxy.`,
			`If no proxy is needed for ${hostOf(base)}, add it to NO_PROXY.`,
		]);
		return { local: "" };
	}
}

/**
 * @param {string} host
 * @param {string} code
 */
function nameProblem(host, code) {
	if (code === "ENOTFOUND" || code === "ENODATA") {
		return problem("name", "name_not_found", `there is no address for ${host}`, `The system's resolver says so (${code}).`, [
			"Check the host in the base URL for a misspelling.",
			"If it is a name of a private network, connect to that network (VPN), or ask for its DNS server.",
		]);
	}
	return problem("name", "name_server", `the name ${host} could not be looked up`, `No DNS server answered (${code}): that says nothing about the name itself.`, [
		"Check this machine's network and its DNS server, and try again.",
	]);
}

/**
 * @param {string} host
 * @param {number} port
 * @param {string} code
 */
function connectionProblem(host, port, code) {
	const where = `${host} port ${port}`;
	switch (code) {
		case "ECONNREFUSED":
			return problem("connection", "connection_refused", `${where} refuses the connection`, "The machine answers, but nothing listens at that port, or a firewall rejects it.", [
				"Check the port in the base URL.",
				"If it is right, the service is down, or a firewall rejects this address: ask who runs it.",
			]);
		case "ETIMEDOUT":
			return problem("connection", "connection_timeout", `${where} does not answer`, "Packets are dropped without a word: that is how firewalls and allow lists of addresses mostly behave. A machine that is off does too.", [
				"Try from a machine whose address is admitted, or have this one's added to the allow list.",
				"Check host and port in the base URL, and whether a VPN is needed.",
			]);
		case "ECONNRESET":
			return problem("connection", "connection_reset", `${where} breaks the connection at once`, "Something between, often a firewall, ends it.", ["Ask who runs the firewall, or the service."]);
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "EADDRNOTAVAIL":
			return problem("connection", "unreachable", `there is no way to ${where}`, `This machine's network says so (${code}).`, ["Check the network connection, and whether a VPN is needed."]);
	}
	return problem("connection", "unreachable", `${where} cannot be connected to`, `The system says ${code}.`, ["Check host and port in the base URL."]);
}

/**
 * @param {URL} base
 * @param {string} host
 * @param {number} port
 * @returns {Promise<Finding>}
 */
async function tls(base, host, port) {
	let handshake;
	try {
		handshake = await shakeHands(host, port);
	} catch (error) {
		return handshakeProblem(base, host, port, codeOf(error));
	}
	const { protocol, fault, certificate } = handshake;
	if (!fault) {
		return well("TLS", `${protocol}, certificate by ${certificate.issuer}, good until ${day(certificate.to)}`);
	}
	return certificateProblem(base, host, fault, certificate);
}

/** @param {Date} date */
const day = (date) => (Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 16).replace("T", " ") + " UTC");

/**
 * @param {URL} base
 * @param {string} host
 * @param {string} fault
 * @param {import("./network.js").Certificate} certificate
 * @returns {Promise<Finding>}
 */
async function certificateProblem(base, host, fault, certificate) {
	/** @type {string[]} */
	const also = [];
	if (certificate.otherName && fault !== "ERR_TLS_CERT_ALTNAME_INVALID") {
		also.push(`it is for another name as well (${certificate.names.slice(0, 4).join(", ") || "none"})`);
	}
	const because = (/** @type {string} */ text) => [`${text} (${fault}).`, ...also.map((each) => `And ${each}.`)].join(" ");
	switch (fault) {
		case "CERT_HAS_EXPIRED":
		case "CERT_NOT_YET_VALID": {
			const expired = fault === "CERT_HAS_EXPIRED";
			const skewMs = await probe(base).then((answer) => answer.skewMs, () => undefined);
			const theirs = skewMs === undefined ? NaN : Date.now() - skewMs;
			if (Math.abs(skewMs ?? 0) > tolerableMs && theirs >= certificate.from.getTime() && theirs <= certificate.to.getTime()) {
				return clockFinding(host, /** @type {number} */ (skewMs), "problem", `By this machine's clock the certificate is ${expired ? "no longer" : "not yet"} valid; by the server's clock it is.`);
			}
			return expired
				? problem("TLS", "tls_expired", `the certificate of ${host} expired on ${day(certificate.to)}`, because("The server shows it, and its own clock does not make it valid"), [
						"Tell who runs the server: only there can it be renewed.",
						"Check that the host in the base URL is the right one.",
					])
				: problem("TLS", "tls_not_yet_valid", `the certificate of ${host} is valid only from ${day(certificate.from)}`, because("By this machine's clock that time has not come, and the server's clock did not show it wrong"), [
						"Check this machine's clock first.",
						"If it is right, tell who runs the server.",
					]);
		}
		case "DEPTH_ZERO_SELF_SIGNED_CERT":
			return problem("TLS", "tls_self_signed", `the certificate of ${host} is signed by itself`, because("No authority vouches for it: it is a test server's, an appliance's, or somebody stands between"), [
				"If it is your own server: save its certificate as a file, and set NODE_EXTRA_CA_CERTS to that file's path in the environment of your program.",
				"Do not set NODE_TLS_REJECT_UNAUTHORIZED=0: then anybody on the way can read the secret.",
			]);
		case "SELF_SIGNED_CERT_IN_CHAIN":
		case "UNABLE_TO_GET_ISSUER_CERT":
		case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
		case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
			return problem("TLS", "tls_unknown_issuer", `the certificate of ${host} is by ${certificate.issuer}, whom Node does not know`, because("It is a company's own authority, or a proxy that opens TLS, or the server leaves out an intermediate certificate"), [
				"Get that authority's certificate from your administrators as a file, and set NODE_EXTRA_CA_CERTS to its path in the environment of your program.",
				"If browsers accept the server without that, it leaves out an intermediate certificate: tell who runs it.",
				"Do not set NODE_TLS_REJECT_UNAUTHORIZED=0: then anybody on the way can read the secret.",
			]);
		case "ERR_TLS_CERT_ALTNAME_INVALID":
			return problem("TLS", "tls_wrong_name", `the certificate is not for ${host}`, because(`It is for ${certificate.names.slice(0, 4).join(", ") || "no name"}`), [
				"Use one of those names in the base URL, if that is the server you mean; an address in place of a name mostly does not fit.",
				"Otherwise another server answers: check DNS, or ask who runs it.",
			]);
	}
	return problem("TLS", "tls_failed", `the certificate of ${host} is not accepted`, because("Node says so"), ["Tell who runs the server."]);
}

/**
 * @param {URL} base
 * @param {string} host
 * @param {number} port
 * @param {string} code
 * @returns {Promise<Finding>}
 */
async function handshakeProblem(base, host, port, code) {
	const plain = new URL(base);
	plain.protocol = "http:";
	plain.port = String(port);
	// A server of TLS may answer 400 to what is none; a server of HTTP answers anything to its own.
	const spoken = await probe(plain).then(({ status }) => status, () => 0);
	if (spoken !== 0 && spoken !== 400) {
		return problem("TLS", "https_on_http_port", `${host} port ${port} speaks HTTP without TLS`, `A TLS handshake failed (${code}), and a plain HTTP request was answered with ${spoken}.`, [
			"Use the port of the server's HTTPS in the base URL.",
			"Write http:// only if the vendor has no HTTPS there and the network is trusted: the secret is then sent in the clear.",
		]);
	}
	if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS/.test(code)) {
		return problem("TLS", "tls_version", `${host} speaks only versions of TLS that Node no longer does`, `The handshake failed so (${code}).`, [
			"Have the server speak TLS 1.2 or 1.3.",
			"As a stopgap, start your program with node --tls-min-v1.0: that weakens all of its connections.",
		]);
	}
	if (code === "ETIMEDOUT") {
		return problem("TLS", "tls_failed", `${host} port ${port} connects, but does not answer a TLS handshake`, "A firewall that lets the connection through and not its content behaves so; a port of another service too.", [
			"Check the port in the base URL.", "Ask who runs the firewall.",
		]);
	}
	return problem("TLS", "tls_failed", `the TLS handshake with ${host} port ${port} failed`, `The system says ${code}. A firewall, a proxy, a server that asks for a client certificate, or a port of another service may end it.`, [
		"Check the port in the base URL.", "Ask who runs the server, or the firewall between.",
	]);
}

/**
 * Whether HTTP is spoken there, by whom, and with what clock.
 * @param {URL} base
 * @param {string} host
 * @param {number} port
 * @param {(step: string) => void} begin
 * @returns {AsyncGenerator<Finding, void>}
 */
async function* answers(base, host, port, begin) {
	begin("answer");
	let answer;
	try {
		answer = await probe(base);
	} catch (error) {
		if (base.protocol === "http:" && (await speaksTLS(host, port))) {
			yield httpOnHttps(host, port, `a plain request fails (${codeOf(error)})`);
			return;
		}
		const code = codeOf(error);
		yield code === "ETIMEDOUT"
			? problem("answer", "slow", `${host} accepts the connection, but answers nothing`, "A request without credentials got no answer.", ["Try again; then ask who runs the server."])
			: problem("answer", "malformed_answer", `what answers at ${host} port ${port} does not speak HTTP, or breaks off`, `A request without credentials failed (${code}).`, ["Check the port in the base URL.", "Ask who runs the server, or a proxy between."]);
		return;
	}
	const { status, type, location, skewMs } = answer;
	if (status === 400 && base.protocol === "http:" && (await speaksTLS(host, port))) {
		yield httpOnHttps(host, port, "a plain request is answered with 400");
		return;
	}
	if (status === 407) {
		yield problem("answer", "proxy_authentication", "a proxy answers, and asks for a login of its own (407)", "No vendor answers 407: the request was intercepted on its way.", [
			"Ask who runs the proxy to let this machine through to the vendor's host.",
			"Or give the proxy's address with its login in HTTPS_PROXY, with NODE_USE_ENV_PROXY=1 on Node 24 (or 22.21) and later.",
		]);
		return;
	}
	if (status === 511) {
		yield problem("answer", "captive_portal", "the network asks for a login first (511)", "That is what a captive portal answers, as in hotels and guest networks.", ["Log in to the network in a browser, and try again."]);
		return;
	}
	yield status < 300 && type === "html"
		? warning("answer", "page_instead_of_answer", `a path that no vendor has is answered with ${status} and a page of HTML`, "A login page, a proxy or a web site answers here for any path.", ["Check host, port and path of the base URL; the step token shows whether the vendor is there nevertheless."])
		: location !== undefined && location !== base.origin
			? warning("answer", "redirected", `a path that no vendor has is redirected to ${location}`, "A login portal answers so, or the service has moved.", ["If the step token fails: log in to the network in a browser, or use the new address as the base URL."])
			: well("answer", `${status} to a path that is not there, without credentials`);

	begin("clock");
	if (skewMs === undefined) {
		yield skipped("clock", "the answer has no date to compare with");
	} else if (Math.abs(skewMs) <= tolerableMs) {
		yield well("clock", `as the server's, within ${Math.max(1, Math.ceil(Math.abs(skewMs) / 1000))} s`);
	} else {
		yield clockFinding(host, skewMs, "warning", "The server says so in the Date of its answer.");
	}
}

/**
 * @param {string} host
 * @param {number} skewMs
 * @param {"warning" | "problem"} level
 * @param {string} because
 * @returns {Finding}
 */
function clockFinding(host, skewMs, level, because) {
	return (level === "problem" ? problem : warning)(
		level === "problem" ? "TLS" : "clock",
		"clock_wrong",
		`this machine's clock is ${span(skewMs)} ${skewMs > 0 ? "ahead of" : "behind"} that of ${host}`,
		`${because} One of the two is wrong, and mostly it is the one that you are at.`,
		[
			"Set this machine's clock by the network: timedatectl set-ntp true (Linux), w32tm /resync (Windows), Date & Time in the settings (macOS).",
			"cctoken counts the life of tokens on its own, so they are renewed in time; but the times that it shows are wrong by as much, and certificates may seem invalid.",
		],
	);
}

/**
 * @param {string} host
 * @param {number} port
 * @param {string} seen
 */
function httpOnHttps(host, port, seen) {
	return problem("answer", "http_on_https_port", `${host} port ${port} speaks HTTPS`, `The base URL says http://, ${seen}, and a TLS handshake there succeeds.`, ["Write https:// in the base URL."]);
}

/**
 * @param {string} host
 * @param {number} port
 */
const speaksTLS = (host, port) => shakeHands(host, port).then(() => true, () => false);
