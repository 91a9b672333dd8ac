// session.fetch and client.fetcher are a fetch to whatever takes one.
import { createClient, type Identity, type Token } from "cctoken";

declare const identity: Identity;
declare const token: Token;
const client = createClient({ fetch: (input, init) => fetch(input, init) });
const session = client.session(identity);

const ways: (typeof globalThis.fetch)[] = [session.fetch, client.fetcher(identity)];
const response: Promise<Response> = session.fetch("/path", { method: "POST", signal: null, timeoutMs: 1000 });
await session.fetch(new URL("https://vendor.test/"), null);
await session.fetch(new Request("https://vendor.test/"), new Request("https://vendor.test/"));
await client.fetch(identity, "/path", { timeoutMs: null });
// @ts-expect-error a number is no URL
await session.fetch(5);
// @ts-expect-error text is no time
await session.fetch("/path", { timeoutMs: "1000" });

const adopted: boolean = session.adopt(token, await response);
session.adopt(token, { status: 200, headers: { a: "b" }, body: "" }, { sentAt: new Date() });
// @ts-expect-error a token's value does not say whose it is
session.adopt("value", await response);

export { adopted, ways };
