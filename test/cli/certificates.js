// Certificates for tests, made when they are asked for. The keys are of elliptic curves' slower elder kind, as that is
// what node-forge signs with; Node makes them, so one takes a tenth of a second.
import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

const day = 24 * 3600 * 1000;

/**
 * @param {object} wish
 * @param {string} [wish.name] DNS name that it is for; default 127.0.0.1 as an address
 * @param {number} [wish.from] in days from now
 * @param {number} [wish.to] in days from now
 * @param {{ certificate: any, key: any }} [wish.issuer] default itself
 * @param {boolean} [wish.authority]
 */
export function makeCertificate({ name, from = -1, to = 30, issuer, authority = false } = {}) {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", {
		modulusLength: 2048,
		publicKeyEncoding: { type: "spki", format: "pem" },
		privateKeyEncoding: { type: "pkcs1", format: "pem" },
	});
	const key = forge.pki.privateKeyFromPem(privateKey);
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
	certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
	certificate.validity.notBefore = new Date(Date.now() + from * day);
	certificate.validity.notAfter = new Date(Date.now() + to * day);
	const subject = [{ name: "commonName", value: authority ? "A Test Authority" : (name ?? "127.0.0.1") }];
	certificate.setSubject(subject);
	certificate.setIssuer(issuer ? issuer.certificate.subject.attributes : subject);
	certificate.setExtensions([
		{ name: "basicConstraints", cA: authority },
		...(authority ? [{ name: "keyUsage", keyCertSign: true, critical: true }] : []),
		{ name: "subjectAltName", altNames: [name === undefined ? { type: 7, ip: "127.0.0.1" } : { type: 2, value: name }] },
	]);
	certificate.sign(issuer?.key ?? key, forge.md.sha256.create());
	return { certificate, key, cert: forge.pki.certificateToPem(certificate), pem: privateKey };
}
