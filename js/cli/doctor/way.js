// How a host is reached: straight, or through a proxy as Node's fetch goes through it.
import { request } from "node:http";
import { isIP } from "node:net";
import { connection, hostOf, late, overTLS, portOf } from "./network.js";

/** @typedef {import("./network.js").Socket} Socket */

/**
 * How ways are looked at.
 * @typedef {object} Look
 * @property {number} ms that each layer may take
 * @property {boolean} unchecked whether the environment switches the checks of certificates off
 * @property {(text: string) => string} quote makes of a text from outside one that can be shown
 */

/**
 * @typedef {object} Way
 * @property {string} host
 * @property {string} name the host as it can be shown
 * @property {number} port
 * @property {number} ms that each layer may take
 * @property {string} local this machine's address on the way
 * @property {() => Promise<Socket>} open a connection to the host, however many are between
 * @property {Forward} [forward] where a proxy takes requests for http:// as a whole
 * @property {import("./proxy.js").Proxy} [proxy] that it goes through
 * @property {string} [via] host and port of it, as they can be shown
 * @property {boolean} seen whether what is beyond a proxy could be looked at
 */

/**
 * @typedef {object} Forward
 * @property {() => Promise<Socket>} open a connection to the proxy
 * @property {Record<string, string>} headers that the proxy is given
 */

/**
 * @param {URL} url
 * @param {Look} look
 * @returns {Way}
 */
export function straight(url, { ms, quote }) {
	const host = hostOf(url);
	const port = portOf(url);
	return { host, name: quote(host), port, ms, local: "", open: () => connection(host, port, ms), seen: true };
}

/**
 * @param {URL} url
 * @param {import("./proxy.js").Proxy} proxy
 * @param {import("./proxy.js").Use} use
 * @param {Look} look
 * @returns {Way}
 */
export function throughProxy(url, proxy, use, look) {
	const host = hostOf(url);
	const port = portOf(url);
	return {
		host,
		name: look.quote(host),
		port,
		ms: look.ms,
		local: "",
		open: () => tunnel(use.url, host, port, look),
		...(use.forwards ? { forward: { open: () => toProxy(use.url, look), headers: loginAt(use.url) } } : {}),
		proxy,
		via: `${look.quote(hostOf(use.url))} port ${portOf(use.url)}`,
		seen: /^https?:$/.test(use.url.protocol),
	};
}

/** A proxy's answer to CONNECT that is not 200. */
class Refusal extends Error {
	/**
	 * @param {number} status
	 * @param {string | undefined} reason as the system's code for it, where the proxy says so
	 */
	constructor(status, reason) {
		super(`CONNECT is answered with ${status}`);
		this.code = `PROXY_${status}`;
		this.status = status;
		this.reason = reason;
	}
}

/**
 * @param {URL} proxy
 * @param {Look} look
 * @returns {Promise<Socket>}
 */
async function toProxy(proxy, { ms, unchecked }) {
	const host = hostOf(proxy);
	const socket = await connection(host, portOf(proxy), ms);
	// It is told its login: so its certificate is checked, where fetch does.
	return proxy.protocol === "https:" ? overTLS(socket, host, { checked: !unchecked, ms }) : socket;
}

/**
 * @param {URL} proxy
 * @param {string} host
 * @param {number} port
 * @param {Look} look
 * @returns {Promise<Socket>} rejected with a Refusal, or the error of the connection to the proxy
 */
async function tunnel(proxy, host, port, look) {
	const between = await toProxy(proxy, look);
	const path = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
	return new Promise((resolve, reject) => {
		const asked = request({ createConnection: () => between, method: "CONNECT", path, headers: { host: path, ...loginAt(proxy) } });
		asked.setTimeout(look.ms, () => asked.destroy(late()));
		asked.on("error", reject);
		asked.once("connect", ({ statusCode = 0, headers }, socket) => {
			socket.setTimeout(0);
			if (statusCode === 200) {
				resolve(socket);
				return;
			}
			socket.destroy();
			reject(new Refusal(statusCode, reasonIn(headers)));
		});
		asked.end();
	});
}

/**
 * @param {URL} proxy
 * @returns {Record<string, string>}
 */
function loginAt({ username, password }) {
	return username === ""
		? {}
		: {
				"proxy-authorization": `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`,
			};
}

/** Errors by which a proxy names what it met: of RFC 9209, and of Squid with the number of Linux. @type {Record<string, string>} */
const reasons = {
	dns_error: "ENOTFOUND",
	dns_timeout: "EAI_AGAIN",
	connection_refused: "ECONNREFUSED",
	connection_timeout: "ETIMEDOUT",
	connection_terminated: "ECONNRESET",
	destination_ip_unroutable: "EHOSTUNREACH",
	"ERR_DNS_FAIL 0": "ENOTFOUND",
	"ERR_CONNECT_FAIL 101": "ENETUNREACH",
	"ERR_CONNECT_FAIL 110": "ETIMEDOUT",
	"ERR_CONNECT_FAIL 111": "ECONNREFUSED",
	"ERR_CONNECT_FAIL 113": "EHOSTUNREACH",
};

/**
 * @param {import("node:http").IncomingHttpHeaders} headers of a proxy
 * @returns {string | undefined} the system's code for what it met, where it says so
 */
export function reasonIn(headers) {
	const standard = /;\s*error=([a-z_]+)/.exec(String(headers["proxy-status"] ?? ""))?.[1];
	const said = standard ?? String(headers["x-squid-error"] ?? "").trim();
	return Object.hasOwn(reasons, said) ? reasons[said] : undefined;
}
