// Over TLS all is as it is without, by either client: the connection that listens has the options of the application's own.
import { Redis } from "ioredis";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { createClient } from "redis";
import { conformance } from "../../js/store/conformance.js";
import { redisBackend } from "../../js/store/redis.js";
import { makeCertificate } from "../cli/certificates.js";
import { freePort } from "../free-port.js";
import { startServer } from "./server.js";

const folder = await mkdtemp(join(tmpdir(), "cctoken-tls-"));
const { cert, pem } = makeCertificate();
const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
await writeFile(certFile, cert);
await writeFile(keyFile, pem, { mode: 0o600 });
const port = await freePort();
const tls = ["--tls-port", String(port), "--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no"];
const server = await startServer(tls);
const admin = await createClient({ url: server.url }).connect();
await admin.configSet("port", "0"); // from now on there is no other way in
admin.destroy();
const redis = await createClient({ url: `rediss://127.0.0.1:${port}`, socket: { tls: true, ca: cert } }).connect();
const ioredis = new Redis(port, "127.0.0.1", { tls: { ca: cert } });
after(async () => {
	redis.destroy();
	ioredis.disconnect();
	await server.kill();
	await rm(folder, { recursive: true });
});

for (const [by, client] of Object.entries({ redis, ioredis })) {
	suite(`by ${by}`, () => {
		for (const { name, run } of conformance(() => redisBackend(client))) {
			test(name, run);
		}
	});
}
