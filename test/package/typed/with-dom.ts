// With the DOM library the platform's own types go in and come out.
import { createClient, getToken } from "cctoken";

export async function use(signal: AbortSignal): Promise<void> {
	const client = createClient({ fetch: (input, init) => globalThis.fetch(input, init) });
	const answer: Response = await client.fetch({ system: "isales", baseUrl: "", user: "", passwd: "" }, "/", { signal });
	await getToken({ system: "isales", baseUrl: "", user: "", passwd: "" }, { signal: AbortSignal.any([signal]) });
	const text: string = await answer.text();
	window.cctoken.initialize({ wasmUrl: new URL(text), wasmModule: undefined });
	window.cctoken.initialize({ wasmModule: new WebAssembly.Module(new ArrayBuffer(0)) });
}
