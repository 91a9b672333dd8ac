// What the declarations let through, and what they do not. It is compiled (make lint), never run: each line that must
// not compile is marked so, and the compiler complains where one does.
import { Client, configure, createClient, getToken, initialize, Session, Token, TokenError, validateIdentity, verifyToken } from "cctoken";
import type { ClientOptions, Identity, TokenErrorCode, TokenEvent, Verification } from "cctoken";

const appcube = { system: "appcube", baseUrl: "", appKey: "", appSecret: "" } as const;
const isales = { system: "isales", baseUrl: "", user: "", passwd: "" } as const;
const user = { system: "ccmessaging", baseUrl: "", appKey: "", userId: "", userName: "", channelId: "", locale: "zh" } as const;
const ccmessaging = { ...user, appSecret: "" } as const;
const cubedrive = { system: "cubedrive", baseUrl: "", params: { any: "", name: "" } } as const;

const edge = { edge: "", connection: "", authorization: "" } as const;
declare const maybe: string | undefined;
declare const either: string | (() => Promise<string>);

// Right ones.
const right: Identity[] = [
	appcube,
	{ ...appcube, system: "oiap" },
	{ ...appcube, system: "oiap", carrier: "headers" },
	{ ...appcube, system: "apifabric" },
	{ system: "apifabric", baseUrl: "", appKey: "", accessToken: async () => "", tenantSpaceId: "" },
	{ system: "astrozero", baseUrl: "", clientId: "", clientSecret: "", redirectUrl: "", locale: "" },
	{ system: "ccgatewayconfig", baseUrl: "", agentId: 101, password: "" },
	isales,
	cubedrive,
	ccmessaging,
	{ ...ccmessaging, authUrl: "" },
	{ ...user, accessToken: "" },
	{ ...user, accessToken: async () => "" },
	{ ...cubedrive, method: "GET" },
	{ ...cubedrive, method: "POST" },
	edge,
	{ ...edge, authorization: async () => "", subject: "" },
	{ ...edge, subject: "", authorization: async () => ({ token: "", expiresIn: 60 }) },
	{ ...edge, subject: "" },
	{ ...edge, subject: undefined },
	{ ...edge, subject: "", authorization: either },
	{ ...user, accessToken: async () => ({ token: "", expiresIn: 60 }) },
];
declare const perhaps: Readonly<Record<string, string>>;
getToken({ system: "cubedrive", baseUrl: "", params: perhaps });

// Each system's fields are all needed, and no other system's are taken.
// @ts-expect-error an unknown system
getToken({ ...appcube, system: "other" });
// @ts-expect-error a number as a text
getToken({ system: "ccgatewayconfig", baseUrl: "", agentId: "101", password: "" });
// @ts-expect-error a carrier that there is not
getToken({ ...appcube, system: "oiap", carrier: "query" });
// @ts-expect-error no system
getToken({ baseUrl: "", appKey: "", appSecret: "" });
// @ts-expect-error no appSecret
getToken({ system: "appcube", baseUrl: "", appKey: "" });
// @ts-expect-error no appKey
getToken({ system: "appcube", baseUrl: "", appSecret: "" });
// @ts-expect-error no baseUrl
getToken({ system: "appcube", appKey: "", appSecret: "" });
// @ts-expect-error a misspelt field
getToken({ system: "appcube", baseUrl: "", appKey: "", appSecret: "", appsecret: "" });
// @ts-expect-error another system's field
getToken({ system: "appcube", baseUrl: "", appKey: "", appSecret: "", userId: "" });
// @ts-expect-error a number
getToken({ system: "appcube", baseUrl: "", appKey: 1, appSecret: "" });
// @ts-expect-error a URL object
getToken({ ...appcube, baseUrl: { href: "" } });
// @ts-expect-error no passwd
getToken({ system: "isales", baseUrl: "", user: "" });
// @ts-expect-error the word of another system
getToken({ system: "isales", baseUrl: "", user: "", password: "" });
// @ts-expect-error no params
getToken({ system: "cubedrive", baseUrl: "" });
// @ts-expect-error parameters are texts
getToken({ ...cubedrive, params: { user: 1 } });
// @ts-expect-error another method
getToken({ ...cubedrive, method: "PUT" });
// @ts-expect-error neither appSecret nor accessToken
getToken(user);
// @ts-expect-error both
getToken({ ...ccmessaging, accessToken: "" });
// @ts-expect-error a function that promises no text
getToken({ ...user, accessToken: async () => 1 });
// @ts-expect-error no userId
getToken({ system: "ccmessaging", baseUrl: "", appKey: "", appSecret: "", userName: "", channelId: "", locale: "zh" });
// @ts-expect-error no locale
getToken({ system: "ccmessaging", baseUrl: "", appKey: "", appSecret: "", userId: "", userName: "", channelId: "" });
// @ts-expect-error no authorization
getToken({ edge: "", connection: "" });
// @ts-expect-error no connection
getToken({ edge: "", authorization: "" });
// @ts-expect-error a life that is no number
getToken({ ...edge, subject: "", authorization: async () => ({ token: "", expiresIn: "60" }) });
// @ts-expect-error a function does not say whose authorization it gives
getToken({ ...edge, authorization: async () => "" });
// @ts-expect-error nor does one whose subject may be missing
getToken({ ...edge, subject: maybe, authorization: async () => "" });
// @ts-expect-error nor what may be a function
getToken({ ...edge, authorization: either });
// @ts-expect-error validateIdentity says the same
validateIdentity({ ...edge, authorization: async () => "" });
// @ts-expect-error and so does a handle
createClient().session({ ...edge, authorization: async () => "" });
// @ts-expect-error a subject is a text
getToken({ ...edge, subject: 7, authorization: async () => "" });
// @ts-expect-error nothing
getToken();

// The token itself, in place of what it would be got by.
getToken({ system: "isales", baseUrl: "", user: "", token: "" });
getToken({ system: "appcube", baseUrl: "", appKey: "", token: async () => ({ token: "", expiresIn: 60 }) });
getToken({ ...cubedrive, token: () => "" });
// @ts-expect-error not beside that
getToken({ ...isales, token: "" });
// @ts-expect-error whose it is must be said
getToken({ system: "isales", baseUrl: "", token: "" });
// @ts-expect-error it changes with each use
getToken({ system: "ccgateway", baseUrl: "", agentId: 1, phonenum: "", token: "" });

// What comes back.
const token: Token = await getToken(appcube, { forceRefresh: true });
const value: string = token.value;
const expires: Date | null = token.expiresAt;
const headers: Record<string, string> = token.headers;
// @ts-expect-error there may be none
const certain: Date = token.expiresAt;
// @ts-expect-error a token is not to be changed
token.value = "";
// @ts-expect-error an unknown option
getToken(appcube, { force: true });
getToken(appcube, { rejected: token });
getToken(appcube, { rejected: value });
// @ts-expect-error not a token
getToken(appcube, { rejected: 1 });

// A value alone does not say whose it is.
const verdict: Verification = await verifyToken(token);
await verifyToken(value, appcube);
// @ts-expect-error no identity
await verifyToken(value);
const known: boolean | null = verdict.valid;
// @ts-expect-error it may be null: nobody can tell
const sure: boolean = verdict.valid;

// Clients.
const options: ClientOptions = { timeoutMs: 1, maxSessions: 1, onEvent: (event: TokenEvent) => event.type };
const client: Client = createClient(options);
const answer: string = await client
	.session(cubedrive)
	.getToken()
	.then(({ system }) => system);
const shared: Client = configure(options);
// @ts-expect-error an unknown option
configure({ maxsessions: 1 });
createClient({ fetch: (input, init, { session, step }) => fetch(`${input}#${session.toFixed()}${step}`, init) });
const checked: void = await validateIdentity(isales);
// @ts-expect-error no passwd
validateIdentity({ system: "isales", baseUrl: "", user: "" });
// @ts-expect-error an unknown option
createClient({ timeout: 1 });
// @ts-expect-error events have no such type
createClient({ onEvent: ({ type }) => type === "aquired" });
initialize({ wasmUrl: "" });
initialize({ wasmUrl: { href: "" } });
// @ts-expect-error an unknown source
initialize({ url: "" });

// Undefined is accepted where it works, for programs that are compiled with exactOptionalPropertyTypes, as this one is.
createClient({ fetch: undefined, timeoutMs: undefined, maxSessions: undefined, onEvent: undefined });
getToken(
	{ ...user, appSecret: "", authUrl: undefined, tenantSpaceId: undefined, accessToken: undefined },
	{ signal: undefined, rejected: maybe },
);
initialize({ wasmUrl: undefined, wasmModule: undefined, wasmBytes: undefined });
new TokenError("closed", "", { system: undefined, field: maybe, httpStatus: undefined });

// A test's own objects may stand in for those of the package: nothing of them is private to a class.
const ownToken: Token = {
	...{ value: "", system: "isales", issuedAt: new Date(), expiresAt: null, renewAt: null, usableUntil: null },
	...{ headers: {}, query: {}, body: {} },
	toJSON: () => ({ system: "isales", issuedAt: new Date(), expiresAt: null }),
};
const ownSession: Session = {
	id: null,
	getToken: async () => ownToken,
	verifyToken: async () => verdict,
	fetch: async () => new Response(),
	adopt: () => false,
	signIn: async () => null,
	signOut: async () => {},
	keepAlive: () => () => {},
	forget() {},
};
const ownClient: Client = {
	getToken: async () => ownToken,
	verifyToken: async () => verdict,
	fetch: async () => new Response(),
	fetcher: () => async () => new Response(),
	signIn: async () => null,
	signOut: async () => {},
	keepAlive: () => () => {},
	session: () => ownSession,
	online() {},
	close: async () => {},
};
// A part is enough where no more is asked for.
const part: Pick<Session, "fetch"> = { fetch: async () => new Response() };
// @ts-expect-error a client has more than that
const noClient: Client = { getToken: async () => ownToken };

// Errors.
const foreign: unknown = null;
if (TokenError.is(foreign)) {
	foreign.code satisfies TokenErrorCode;
}
const error = new TokenError("aborted", "");
const code: TokenErrorCode = error.code;
const when: Date | null = error.retryAt;
// @ts-expect-error no such code
error.code === "no_such_code";
// @ts-expect-error no such code
new TokenError("no_such_code", "");

export { right, expires, headers, certain, known, sure, client, answer, code, when, ownClient, noClient };
