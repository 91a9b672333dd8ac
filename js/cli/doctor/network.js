// The way to a host, one layer at a time: its name, a connection, TLS. Nothing is sent over any of them here.
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { checkServerIdentity, connect as connectTLS } from "node:tls";

/** How long each layer may take, in milliseconds. A vendor that needs longer is of no use. */
export const layerMs = 8_000;

/** @param {URL} url */
export const hostOf = ({ hostname }) => hostname.replace(/^\[|\]$/g, "");

/** @param {URL} url */
export const portOf = ({ port, protocol }) => Number(port || (protocol === "https:" ? 443 : 80));

/**
 * The addresses of a name.
 * @param {string} host
 * @returns {Promise<string[]>} rejected with the system's error, or one of code ETIMEDOUT
 */
export async function resolveName(host) {
	if (isIP(host)) {
		return [host];
	}
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })), layerMs);
	});
	try {
		const found = await /** @type {Promise<{ address: string }[]>} */ (Promise.race([lookup(host, { all: true }), late]));
		return found.map(({ address }) => address);
	} finally {
		clearTimeout(timer);
	}
}

/**
 * Opens a connection and closes it again.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<{ remote: string, local: string, ms: number }>} rejected with the system's error
 */
export function reach(host, port) {
	const began = performance.now();
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port });
		const fail = (/** @type {Error} */ error) => {
			socket.destroy();
			reject(firstOf(error));
		};
		socket.setTimeout(layerMs, () => fail(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
		socket.on("error", fail);
		socket.once("connect", () => {
			const { remoteAddress = host, localAddress = "" } = socket;
			socket.destroy();
			resolve({ remote: remoteAddress, local: localAddress, ms: Math.round(performance.now() - began) });
		});
	});
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
 * A TLS handshake that accepts any certificate, to see what is wrong with it. Nothing is sent over the connection.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<Handshake>} rejected with the error of the handshake
 */
export function shakeHands(host, port) {
	return new Promise((resolve, reject) => {
		const socket = connectTLS({ host, port, rejectUnauthorized: false, ...(isIP(host) ? {} : { servername: host }) });
		const fail = (/** @type {Error} */ error) => {
			socket.destroy();
			reject(firstOf(error));
		};
		socket.setTimeout(layerMs, () => fail(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
		socket.on("error", fail);
		socket.once("close", () => fail(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
		socket.once("secureConnect", () => {
			const certificate = socket.getPeerCertificate();
			const fault = /** @type {unknown} */ (socket.authorizationError);
			resolve({
				protocol: socket.getProtocol() ?? "TLS",
				fault: socket.authorized ? undefined : String(/** @type {{ code?: string }} */ (fault)?.code ?? fault),
				certificate: {
					from: new Date(certificate.valid_from),
					to: new Date(certificate.valid_to),
					issuer: nameOf(certificate.issuer),
					names: (certificate.subjectaltname ?? "").split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")).filter(Boolean),
					otherName: checkServerIdentity(host, certificate) !== undefined,
				},
			});
			socket.destroy();
		});
	});
}

/** @param {import("node:tls").Certificate | undefined} name */
function nameOf(name) {
	const said = name?.O ?? name?.CN;
	return String(Array.isArray(said) ? said[0] : (said ?? "an unnamed issuer"));
}
