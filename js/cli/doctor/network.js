// What a way to a host is made of, one layer at a time: its name, a connection, TLS. Nothing is sent over any of them here.
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { checkServerIdentity, connect as connectTLS } from "node:tls";

/** How long each layer may take at most, in milliseconds. A vendor that needs longer is of no use. */
const longestMs = 8_000;

/**
 * @param {number} timeoutMs that a whole login may take
 */
export const layerOf = (timeoutMs) => Math.min(longestMs, timeoutMs);

/** @param {URL} url */
export const hostOf = ({ hostname }) => hostname.replace(/^\[|\]$/g, "");

/** @param {URL} url */
export const portOf = ({ port, protocol }) => Number(port || (protocol === "https:" ? 443 : 80));

/**
 * Whether fetch refuses a URL for its port, as the Fetch standard has it for those of mail, X11 and so on. Which ones, each
 * Node has its own list of: so it is asked, and goes no further.
 * @param {URL} url
 */
export async function isPortRefused(url) {
	const dispatcher = {
		dispatch() {
			throw new Error("not sent");
		},
	};
	try {
		await fetch(url, /** @type {any} */ ({ dispatcher }));
		return false;
	} catch (error) {
		return /** @type {{ cause?: { message?: unknown } }} */ (error)?.cause?.message === "bad port";
	}
}

/**
 * The addresses of a name.
 * @param {string} host
 * @param {number} ms
 * @returns {Promise<string[]>} rejected with the system's error, or one of code ETIMEDOUT
 */
export async function resolveName(host, ms) {
	if (isIP(host)) {
		return [host];
	}
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	const overdue = new Promise((_, reject) => {
		timer = setTimeout(() => reject(late()), ms);
	});
	try {
		const found = await /** @type {Promise<{ address: string }[]>} */ (Promise.race([lookup(host, { all: true }), overdue]));
		return found.map(({ address }) => address);
	} finally {
		clearTimeout(timer);
	}
}

/** @typedef {import("node:net").Socket} Socket */

/** An error as the system's, for what it leaves to wait for ever. */
export const late = () => Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });

/**
 * @param {string} host
 * @param {number} port
 * @param {number} ms
 * @returns {Promise<Socket>} rejected with the system's error
 */
export function connection(host, port, ms) {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port });
		const fail = (/** @type {Error} */ error) => {
			socket.destroy();
			reject(firstOf(error));
		};
		const overdue = () => fail(late());
		socket.setTimeout(ms, overdue);
		socket.on("error", fail);
		socket.once("connect", () => {
			socket.setTimeout(0, overdue);
			resolve(socket);
		});
	});
}

/**
 * Opens a connection and closes it again.
 * @param {string} host
 * @param {number} port
 * @param {number} limit in milliseconds
 * @returns {Promise<{ remote: string, local: string, ms: number }>} rejected with the system's error
 */
export async function reach(host, port, limit) {
	const began = performance.now();
	const socket = await connection(host, port, limit);
	const { remoteAddress = host, localAddress = "" } = socket;
	socket.destroy();
	return { remote: remoteAddress, local: localAddress, ms: Math.round(performance.now() - began) };
}

/**
 * A host of several addresses fails with one error for each: the first speaks for all.
 * @param {Error & { errors?: Error[] }} error
 */
const firstOf = (error) => error.errors?.[0] ?? error;

/**
 * What a server shows in a TLS handshake.
 * @typedef {object} Handshake
 * @property {string} protocol such as "TLSv1.3"
 * @property {string | undefined} fault the code of what is wrong with the certificate
 * @property {Certificate} certificate
 */

/**
 * @typedef {object} Certificate
 * @property {Date} from
 * @property {Date} to
 * @property {string} issuer
 * @property {string[]} names
 * @property {boolean} otherName whether it is for another name
 */

/**
 * TLS over a connection. Nothing is sent over it.
 * @param {Socket} socket
 * @param {string} host
 * @param {{ checked: boolean, ms: number }} how checked: whether the certificate must be good
 * @returns {Promise<import("node:tls").TLSSocket>} rejected with the error of the handshake
 */
export function overTLS(socket, host, { checked, ms }) {
	return new Promise((resolve, reject) => {
		const secure = connectTLS({ socket, host, rejectUnauthorized: checked, ...(isIP(host) ? {} : { servername: host }) });
		const fail = (/** @type {Error} */ error) => {
			secure.destroy();
			socket.destroy();
			reject(error);
		};
		const overdue = () => fail(late());
		secure.setTimeout(ms, overdue);
		socket.on("error", fail);
		secure.on("error", fail);
		secure.once("close", () => fail(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
		secure.once("secureConnect", () => {
			secure.setTimeout(0, overdue); // and takes the listener away: the next layer has one of its own
			resolve(secure);
		});
	});
}

/**
 * A TLS handshake, to see what is wrong with the certificate.
 * @param {Socket} socket closed afterwards
 * @param {string} host
 * @param {number} ms
 * @returns {Promise<Handshake>} rejected with the error of the handshake
 */
export async function shakeHands(socket, host, ms) {
	const secure = await overTLS(socket, host, { checked: false, ms });
	const certificate = secure.getPeerCertificate();
	const fault = /** @type {unknown} */ (secure.authorizationError);
	const handshake = {
		protocol: secure.getProtocol() ?? "TLS",
		fault: secure.authorized ? undefined : String(/** @type {{ code?: string }} */ (fault)?.code ?? fault),
		certificate: {
			from: new Date(certificate.valid_from),
			to: new Date(certificate.valid_to),
			issuer: nameOf(certificate.issuer),
			names: (certificate.subjectaltname ?? "")
				.split(", ")
				.map((name) => name.replace(/^(DNS|IP Address):/, ""))
				.filter(Boolean),
			otherName: checkServerIdentity(host, certificate) !== undefined,
		},
	};
	secure.destroy();
	return handshake;
}

/** @param {import("node:tls").Certificate | undefined} name */
function nameOf(name) {
	const said = name?.O ?? name?.CN;
	return String(Array.isArray(said) ? said[0] : (said ?? "an unnamed issuer"));
}
