// As identity.ts, for cctoken/sandbox: compiled, never run.
import { createClient } from "cctoken";
import { createSandbox, Sandbox, SandboxError } from "cctoken/sandbox";
import type { Fault, SandboxErrorCode, SandboxOptions, SandboxState } from "cctoken/sandbox";

const options: SandboxOptions = {
	port: 0,
	host: "127.0.0.1",
	lifetimes: { isales: 5 },
	logins: { cubedrive: 3 },
	paths: "nginx",
	allowOrigin: ["http://a.test", "http://b.test"] as const,
	now: () => 0,
};
const sandbox: Sandbox = await createSandbox(options);
// @ts-expect-error an unknown option
createSandbox({ adress: "" });
// @ts-expect-error a lifetime that is no number
createSandbox({ lifetimes: { isales: "5" } });
// @ts-expect-error no such reading
createSandbox({ paths: "apache" });

// Its identities are those of the package.
const client = createClient();
for (const identity of Object.values(sandbox.identities)) {
	await client.getToken(identity);
}
const { path, init } = sandbox.business.isales;
await client.fetch(sandbox.identities.isales, path, init);

const fault: Fault = { system: "isales", endpoint: "login", fault: "503", retryAfter: 5 };
const waiting: number = await sandbox.faults(fault, { ...fault, fault: "delay", delayMs: 5 });
// @ts-expect-error no such fault
sandbox.faults({ ...fault, fault: "sneeze" });
const revoked: number = await sandbox.revoke({ system: "apifabric", all: true });
// @ts-expect-error no such target
sandbox.revoke({ systems: "isales" });
const rolled: number = await sandbox.roll({ system: "ccmessaging", subject: "user" });
await sandbox.refuse("isales", "abcd", false);
const all: number = (await sandbox.lifetimes({ isales: 5 }))["cubedrive"];
const state: SandboxState = await sandbox.state();
const logins: number = state.counts.apifabric.logins;
await sandbox.reset();
await sandbox.close();

const error = new SandboxError("closed", "");
const code: SandboxErrorCode = error.code;
// @ts-expect-error no such code
error.code === "no_such_code";

export { waiting, revoked, rolled, all, logins, code };
