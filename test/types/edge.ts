// As identity.ts, for cctoken/edge: compiled, never run.
import worker, { ConfigError, createEdge, Keeper, Nonces } from "cctoken/edge";
import type { EdgeConfig } from "cctoken/edge";
import { sign, signedFetch } from "cctoken/edge/sign";

// What is declared is what is there, and nothing else.
type Declared = typeof import("cctoken/edge");
type Sources = typeof import("../../dist/types/edge/index.js");
declare const sources: Sources;
const declared: Omit<Declared, "Keeper" | "Nonces"> = sources;
const names: Record<keyof Declared, unknown> = sources;
declare const all: Declared;
const everyName: Record<keyof Sources, unknown> = all;
for (const { prototype } of [sources.Keeper, sources.Nonces]) {
	const object: { fetch: (request: Request) => Promise<Response> } = prototype;
}
const nonces: Nonces = new sources.Nonces(undefined!);
const keeper: Keeper = new sources.Keeper(undefined!, undefined!);

const config: EdgeConfig = {
	authentication: {
		staff: { type: "jwt", issuer: "https://login.test/", audience: "edge", algorithms: ["RS256"], jwksUrl: "https://login.test/keys" },
		machines: { type: "signed", keys: { robot: { secret: "ROBOT_KEY", subject: "robot-1" } } },
	},
	origins: ["https://console.test"],
	connections: {
		chat: {
			system: "isales",
			baseUrl: "https://vendor.test",
			identity: { user: "clerk", passwd: { secret: "PASSWD" } },
			allow: [{ by: "staff", claim: "groups", values: ["agents"] }],
			call: { methods: ["GET"], paths: ["/rest/"] },
		},
	},
};
const answer: Response = await createEdge(config).fetch(new Request("https://edge.test/healthz"), {});
const problems: string[] = new ConfigError([""]).problems;
// @ts-expect-error a configuration has connections
createEdge({ authentication: {} });
// @ts-expect-error no such system
createEdge({ authentication: {}, connections: { chat: { system: "other", baseUrl: "", identity: {}, allow: [] } } });

const edge = signedFetch({ keyId: "robot", secret: "" });
const response: Response = await edge(new URL("https://edge.test/v1/token"), { method: "POST" });
const header: string = await sign({ keyId: "", secret: "" }, { method: "GET", url: "" });
// @ts-expect-error a key has an ID
signedFetch({ secret: "" });
