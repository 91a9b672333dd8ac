// Loaded ahead of a test file (node --import), this puts the WASM sandbox in the place of the native one: whoever imports
// tools/demo/server.js to start a server gets one of createSandbox.
import { register } from "node:module";

const server = new URL("../../tools/demo/server.js", import.meta.url).href;
const shim = `
export { controls } from ${JSON.stringify(`${server}?native`)};
import { createSandbox } from ${JSON.stringify(new URL("../../js/sandbox/index.js", import.meta.url).href)};
export async function startServer(addr, flags = []) {
	if (flags.length > 0 || addr !== "127.0.0.1:0") {
		throw new Error("this test starts its server with something that the shim does not know");
	}
	const sandbox = await createSandbox();
	console.error("[the sandbox is of WebAssembly]");
	return { url: sandbox.url, stop: () => sandbox.close() };
}`;
const hooks = `
export async function load(url, context, next) {
	if (url === ${JSON.stringify(server)}) {
		return { format: "module", shortCircuit: true, source: ${JSON.stringify(shim)} };
	}
	return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
