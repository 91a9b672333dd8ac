// All that the package declares, by every entry. It must compile in strict mode, wherever it is resolved, with and
// without the DOM library.
import { Client, createClient, getToken, initialize, Session, Token, TokenError, verifyToken } from "cctoken";
import type {
	AppCubeIdentity,
	CcmessagingIdentity,
	ClientOptions,
	CubeDriveIdentity,
	GetTokenOptions,
	Identity,
	InitializeOptions,
	IsalesIdentity,
	TokenErrorCode,
	TokenEvent,
	Verification,
} from "cctoken";
import core from "cctoken/core.wasm";
import edge, { ConfigError, createEdge, Keeper, Nonces } from "cctoken/edge";
import type { Edge, EdgeConfig } from "cctoken/edge";
import { sign, signedFetch } from "cctoken/edge/sign";
import * as inline from "cctoken/inline";
import { createSandbox, SandboxError } from "cctoken/sandbox";
import type { SandboxOptions } from "cctoken/sandbox";
import type {} from "cctoken/script";

const appcube: AppCubeIdentity = { system: "appcube", baseUrl: "", appKey: "", appSecret: "" };
const user = { baseUrl: "", appKey: "", userId: "", userName: "", channelId: "", locale: "" };
const ccmessaging: CcmessagingIdentity = { system: "ccmessaging", ...user, accessToken: async () => "" };
const isales: IsalesIdentity = { system: "isales", baseUrl: "", user: "", passwd: "" };
const cubedrive: CubeDriveIdentity = { system: "cubedrive", baseUrl: "", params: {} };
const all: Identity[] = [appcube, ccmessaging, isales, cubedrive];

const options: ClientOptions = { onEvent: ({ type, at }: TokenEvent) => [type, at.getTime()] };
const forced: GetTokenOptions = { forceRefresh: true };
const source: InitializeOptions = { wasmModule: core };

export async function use(): Promise<void> {
	await initialize(source);
	const client: Client = createClient(options);
	const session: Session = client.session(isales);
	const tokens: Token[] = await Promise.all(all.map((identity) => getToken(identity, forced)));
	const verified: Verification = await verifyToken(await session.getToken());
	const answer = await session.fetch("/", { method: "POST", headers: tokens[0]?.headers ?? {} });
	const ok: boolean = answer.ok;
	// The classes of all entries are the same ones.
	const token: Token = await inline.getToken(appcube);
	const other: inline.Token = await cctoken.getToken(appcube);
	const code: TokenErrorCode = new cctoken.TokenError("closed", "").code;
	if (new inline.TokenError(code, "") instanceof TokenError) {
		await client.verifyToken(token.value, appcube);
	}
	const sandboxOptions: SandboxOptions = { logins: { cubedrive: 3 } };
	const sandbox = await createSandbox(sandboxOptions).catch((error: SandboxError) => Promise.reject(error.code));
	await client.getToken(sandbox.identities.isales);
	await sandbox.close();
	void [verified.valid, ok, other];
}

const config: EdgeConfig = {
	authentication: { staff: { type: "jwt", issuer: "", audience: "", algorithms: ["RS256"], jwksUrl: "" } },
	connections: { leads: { system: "isales", baseUrl: "", identity: { user: "", passwd: { secret: "PASSWD" } }, allow: [{ by: "staff" }] } },
};

export async function atTheEdge(): Promise<void> {
	const own: Edge = createEdge(config);
	const problems: string[] = new ConfigError([""]).problems;
	const answers = [await own.fetch({}, {}), await edge.fetch({}, {}), await new Keeper({}, {}).fetch({}), await new Nonces({}).fetch({})];
	const signed = await signedFetch({ keyId: "", secret: "" })("", { method: "POST" });
	const header: string = await sign({ keyId: "", secret: "" }, { method: "GET", url: "" });
	void [problems, answers, signed.status, header];
}
