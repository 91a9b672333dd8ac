// What stands in the way to a host, in words: for whoever walks the way, and for a login that was lost on it.
import { ofCertificate } from "../../client/connection.js";
import { span } from "../terminal.js";
import { problem, warning } from "./finding.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {{ name: string, port: number }} Place as it can be shown */

/**
 * What the code of a lost connection says, in whichever step it shows.
 * @param {Place} place
 * @param {string} code
 * @param {string} [by] who says so, if it is not this machine
 * @returns {Finding | undefined} undefined where it says no more than that the connection ended
 */
export function obstacle(place, code, by) {
	if (/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_[A-Z]+)$/.test(code)) {
		return nameProblem(place.name, code, by);
	}
	if (/^(ECONNREFUSED|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/.test(code)) {
		return connectionProblem(place, code, by);
	}
	if (/^(ERR_SSL_|EPROTO$)/.test(code)) {
		return handshakeProblem(place, code);
	}
	return ofCertificate.test(code) ? certificateProblem(place.name, code) : undefined;
}

/** @param {Place} place */
export function portRefused({ name, port }) {
	return problem(
		"configuration",
		"port_not_allowed",
		`Node's fetch makes no request to port ${port}, which the base URL of ${name} has`,
		"The Fetch standard forbids the ports of certain other services, such as mail and X11, to every program that uses fetch: no request leaves this machine.",
		[
			"Check the port in the base URL.",
			"If the vendor's service is really there, have it reachable at another port as well, such as 443, or by a reverse proxy of your own.",
		],
	);
}

/**
 * A way that is closed while a proxy is named is closed because of that.
 * @param {import("./proxy.js").Proxy | undefined} proxy that is not used
 * @param {Finding} finding
 * @returns {Finding}
 */
export function perhapsProxy(proxy, finding) {
	if (!proxy) {
		return finding;
	}
	const { able, variable } = proxy;
	return problem(
		finding.step,
		"proxy_not_used",
		`${finding.found}; and ${variable} names a proxy that this program does not use`,
		"Node's fetch goes straight to the host unless it is told otherwise; curl and browsers mostly do use the proxy, so there it may work.",
		able
			? ["Set NODE_USE_ENV_PROXY=1 in the environment of this command, and of your program."]
			: [
					`This Node (${process.versions.node}) cannot use it: take Node 24, or 22.21, or later, and set NODE_USE_ENV_PROXY=1.`,
					"Or have the network let this machine reach the host directly.",
				],
	);
}

/**
 * @param {import("./proxy.js").Proxy} proxy
 * @param {{ name: string, via?: string }} way name: of the host behind it
 * @param {string} code
 */
export function proxyUnreachable({ variable }, { name, via }, code) {
	return problem(
		"proxy",
		"proxy_unreachable",
		`the proxy ${via} that ${variable} names cannot be reached (${code})`,
		"Node has been told to send all requests through it.",
		[`Check ${variable}, or ask who runs the proxy.`, `If no proxy is needed for ${name}, add it to NO_PROXY.`],
	);
}

/**
 * A proxy that answers, and does not let through.
 * @param {import("./proxy.js").Proxy} proxy
 * @param {Place} place behind it
 * @param {{ status?: number, reason?: string, code?: string }} met
 * @returns {Finding}
 */
export function proxyRefusal(proxy, place, { status = 0, reason = "", code = "" }) {
	const { variable, use } = proxy;
	const where = `${place.name} port ${place.port}`;
	const named = obstacle(place, reason, "the proxy");
	if (named) {
		return { ...named, step: "connection", because: `${named.because} The proxy says so, and answers ${status}.` };
	}
	if (status === 407) {
		return use?.url.username
			? problem(
					"connection",
					"proxy_authentication",
					"the proxy does not accept the login that it is given (407)",
					`${variable} holds a login, and the proxy answers CONNECT with 407.`,
					[
						`Check user and password in ${variable}: what is special in a URL, such as @ : / and %, must be written as %40 and so on.`,
						"If the proxy wants a login of another kind than Basic, such as Kerberos or NTLM, ask who runs it for a way without.",
					],
				)
			: problem(
					"connection",
					"proxy_authentication",
					"the proxy asks for a login of its own (407)",
					`The proxy answers CONNECT with 407, and ${variable} holds no login.`,
					[
						`Give the proxy's address with its login in ${variable}: http://USER:PASSWORD@HOST:PORT.`,
						"Or ask who runs the proxy to let this machine through to the vendor's host.",
					],
				);
	}
	if (status >= 500 || status === 404) {
		return problem(
			"connection",
			"proxy_no_way",
			`the proxy does not get through to ${where} (${status})`,
			"The proxy itself can be reached: it does not find the host's name, or gets no connection to it, and does not say which.",
			[
				"Check host and port in the base URL for a misspelling.",
				`If it is a host of your own network, add it to NO_PROXY: proxies mostly know only the world outside.`,
				"Otherwise ask who runs the proxy what its log says.",
			],
		);
	}
	return status > 0
		? problem(
				"connection",
				"proxy_no_way",
				`the proxy refuses the way to ${where} (${status})`,
				"Proxies let through only what they are set up for: certain hosts, and mostly only port 443.",
				["Ask who runs the proxy to let this machine through to the vendor's host."],
			)
		: problem(
				"connection",
				"proxy_no_way",
				`what ${variable} names opens no way to ${where}`,
				`The connection to it works, but CONNECT ${code === "ETIMEDOUT" ? "is not answered" : `fails (${code})`}: it is no proxy, or it waits for a host that does not answer.`,
				[`Check host and port of the proxy in ${variable}.`, "Check host and port in the base URL, or ask who runs the proxy."],
			);
}

/**
 * @param {string} host
 * @param {string} code
 * @param {string} [by]
 */
export function nameProblem(host, code, by) {
	if (code === "ENOTFOUND" || code === "ENODATA") {
		return problem(
			"name",
			"name_not_found",
			`there is no address for ${host}`,
			`${by ? `The resolver of ${by}` : "The system's resolver"} says so (${code}).`,
			[
				"Check the host in the base URL for a misspelling.",
				by
					? "If it is a name of your own network, add it to NO_PROXY: then this machine looks it up."
					: "If it is a name of a private network, connect to that network (VPN), or ask for its DNS server.",
			],
		);
	}
	return problem(
		"name",
		"name_server",
		`the name ${host} could not be looked up`,
		`No DNS server answered (${code}): that says nothing about the name itself.`,
		[by ? "Try again; then ask who runs the proxy." : "Check this machine's network and its DNS server, and try again."],
	);
}

/**
 * @param {Place} place
 * @param {string} code
 * @param {string} [by]
 */
export function connectionProblem({ name, port }, code, by) {
	const where = `${name} port ${port}`;
	switch (code) {
		case "ECONNREFUSED":
			return problem(
				"connection",
				"connection_refused",
				`${where} refuses the connection`,
				"The machine answers, but nothing listens at that port, or a firewall rejects it.",
				[
					"Check the port in the base URL.",
					`If it is right, the service is down, or a firewall rejects ${by ? `${by}'s` : "this"} address: ask who runs it.`,
				],
			);
		case "ETIMEDOUT":
		case "UND_ERR_CONNECT_TIMEOUT":
			return problem(
				"connection",
				"connection_timeout",
				`${where} does not answer`,
				"Packets are dropped without a word: that is how firewalls and allow lists of addresses mostly behave. A machine that is off does too.",
				[
					`Try from a machine whose address is admitted, or have ${by ? `${by}'s` : "this one's"} added to the allow list.`,
					"Check host and port in the base URL, and whether a VPN is needed.",
				],
			);
		case "ECONNRESET":
			return problem(
				"connection",
				"connection_reset",
				`${where} breaks the connection at once`,
				"Something between, often a firewall, ends it.",
				["Ask who runs the firewall, or the service."],
			);
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "EADDRNOTAVAIL":
			return problem(
				"connection",
				"unreachable",
				`there is no way to ${where}`,
				`${by ? `The network of ${by}` : "This machine's network"} says so (${code}).`,
				[by ? "Ask who runs the proxy." : "Check the network connection, and whether a VPN is needed."],
			);
	}
	return problem("connection", "unreachable", `${where} cannot be connected to`, `The system says ${code}.`, [
		"Check host and port in the base URL.",
	]);
}

/** @param {Date} date */
export const day = (date) => (Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 16).replace("T", " ") + " UTC");

/**
 * @param {string} host
 * @param {string} fault
 * @param {import("./network.js").Certificate} [certificate] where it was looked at
 * @returns {Finding}
 */
export function certificateProblem(host, fault, certificate) {
	const names = certificate?.names.slice(0, 4).join(", ") || "none";
	const other = certificate?.otherName && fault !== "ERR_TLS_CERT_ALTNAME_INVALID" ? ` And it is for another name as well (${names}).` : "";
	const because = (/** @type {string} */ text) => `${text} (${fault}).${other}`;
	switch (fault) {
		case "CERT_HAS_EXPIRED":
			return problem(
				"TLS",
				"tls_expired",
				`the certificate of ${host} ${certificate ? `expired on ${day(certificate.to)}` : "has expired"}`,
				because("The server shows it, and its own clock does not make it valid"),
				["Tell who runs the server: only there can it be renewed.", "Check that the host in the base URL is the right one."],
			);
		case "CERT_NOT_YET_VALID":
			return problem(
				"TLS",
				"tls_not_yet_valid",
				`the certificate of ${host} is ${certificate ? `valid only from ${day(certificate.from)}` : "not yet valid"}`,
				because("By this machine's clock that time has not come, and the server's clock did not show it wrong"),
				["Check this machine's clock first.", "If it is right, tell who runs the server."],
			);
		case "DEPTH_ZERO_SELF_SIGNED_CERT":
			return problem(
				"TLS",
				"tls_self_signed",
				`the certificate of ${host} is signed by itself`,
				because("No authority vouches for it: it is a test server's, an appliance's, or somebody stands between"),
				[
					"If it is your own server: save its certificate as a file, and set NODE_EXTRA_CA_CERTS to that file's path in the environment of your program.",
					"Do not set NODE_TLS_REJECT_UNAUTHORIZED=0: then anybody on the way can read the secret.",
				],
			);
		case "SELF_SIGNED_CERT_IN_CHAIN":
		case "UNABLE_TO_GET_ISSUER_CERT":
		case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
		case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
			return problem(
				"TLS",
				"tls_unknown_issuer",
				`the certificate of ${host} is by ${certificate?.issuer ?? "an authority"}, whom Node does not know`,
				because("It is a company's own authority, or a proxy that opens TLS, or the server leaves out an intermediate certificate"),
				[
					"Get that authority's certificate from your administrators as a file, and set NODE_EXTRA_CA_CERTS to its path in the environment of your program.",
					"If browsers accept the server without that, it leaves out an intermediate certificate: tell who runs it.",
					"Do not set NODE_TLS_REJECT_UNAUTHORIZED=0: then anybody on the way can read the secret.",
				],
			);
		case "ERR_TLS_CERT_ALTNAME_INVALID":
			return problem(
				"TLS",
				"tls_wrong_name",
				`the certificate is not for ${host}`,
				because(certificate ? `It is for ${names}` : "It is for another name"),
				[
					"Use a name that it is for in the base URL, if that is the server you mean; an address in place of a name mostly does not fit.",
					"Otherwise another server answers: check DNS, or ask who runs it.",
				],
			);
	}
	return problem("TLS", "tls_failed", `the certificate of ${host} is not accepted`, because("Node says so"), ["Tell who runs the server."]);
}

/**
 * @param {Place} place
 * @param {string} code
 * @returns {Finding}
 */
export function handshakeProblem({ name: host, port }, code) {
	if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS/.test(code)) {
		return problem(
			"TLS",
			"tls_version",
			`${host} speaks only versions of TLS that Node no longer does`,
			`The handshake failed so (${code}).`,
			[
				"Have the server speak TLS 1.2 or 1.3.",
				"As a stopgap, start your program with node --tls-min-v1.0: that weakens all of its connections.",
			],
		);
	}
	if (code === "ETIMEDOUT") {
		return problem(
			"TLS",
			"tls_failed",
			`${host} port ${port} connects, but does not answer a TLS handshake`,
			"A firewall that lets the connection through and not its content behaves so; a port of another service too.",
			["Check the port in the base URL.", "Ask who runs the firewall."],
		);
	}
	return problem(
		"TLS",
		"tls_failed",
		`the TLS handshake with ${host} port ${port} failed`,
		`The system says ${code}. A firewall, a proxy, a server that asks for a client certificate, or a port of another service may end it.`,
		["Check the port in the base URL.", "Ask who runs the server, or the firewall between."],
	);
}

/**
 * @param {Place} place
 * @param {string} code of the handshake
 * @param {number} status that a plain request is answered with
 */
export function httpsOnHttp({ name: host, port }, code, status) {
	return problem(
		"TLS",
		"https_on_http_port",
		`${host} port ${port} speaks HTTP without TLS`,
		`A TLS handshake failed (${code}), and a plain HTTP request was answered with ${status}.`,
		[
			"Use the port of the server's HTTPS in the base URL.",
			"Write http:// only if the vendor has no HTTPS there and the network is trusted: the secret is then sent in the clear.",
		],
	);
}

/**
 * @param {Place} place
 * @param {string} seen
 */
export function httpOnHttps({ name: host, port }, seen) {
	return problem(
		"answer",
		"http_on_https_port",
		`${host} port ${port} speaks HTTPS`,
		`The base URL says http://, ${seen}, and a TLS handshake there succeeds.`,
		["Write https:// in the base URL."],
	);
}

/**
 * @param {Place} place
 * @param {string} code
 */
export function noAnswer({ name: host, port }, code) {
	return code === "ETIMEDOUT"
		? problem("answer", "slow", `${host} accepts the connection, but answers nothing`, "A request without credentials got no answer.", [
				"Try again; then ask who runs the server.",
			])
		: problem(
				"answer",
				"malformed_answer",
				`what answers at ${host} port ${port} does not speak HTTP, or breaks off`,
				`A request without credentials failed (${code}).`,
				["Check the port in the base URL.", "Ask who runs the server, or a proxy between."],
			);
}

/**
 * An answer that is nobody's but that of somebody between.
 * @param {number} status
 * @returns {Finding | undefined}
 */
export function interception(status) {
	switch (status) {
		case 407:
			return problem(
				"answer",
				"proxy_authentication",
				"a proxy answers, and asks for a login of its own (407)",
				"No vendor answers 407: the request was intercepted on its way.",
				[
					"Ask who runs the proxy to let this machine through to the vendor's host.",
					"Or give the proxy's address with its login in HTTPS_PROXY, with NODE_USE_ENV_PROXY=1 on Node 24 (or 22.21) and later.",
				],
			);
		case 511:
			return problem(
				"answer",
				"captive_portal",
				"the network asks for a login first (511)",
				"That is what a captive portal answers, as in hotels and guest networks.",
				["Log in to the network in a browser, and try again."],
			);
	}
	return undefined;
}

/**
 * @param {string} step
 * @param {string} host
 * @param {number} skewMs
 * @param {string} because
 * @returns {Finding} a problem where a certificate seems invalid by it, else a warning
 */
export function wrongClock(step, host, skewMs, because) {
	return (step === "TLS" ? problem : warning)(
		step,
		"clock_wrong",
		`this machine's clock is ${span(skewMs)} ${skewMs > 0 ? "ahead of" : "behind"} that of ${host}`,
		`${because} One of the two is wrong, and mostly it is the one that you are at.`,
		[
			"Set this machine's clock by the network: timedatectl set-ntp true (Linux), w32tm /resync (Windows), Date & Time in the settings (macOS).",
			"cctoken counts the life of tokens on its own, so they are renewed in time; but the times that it shows are wrong by as much, and certificates may seem invalid.",
		],
	);
}
