// An editor, as far as it shows what stands beside a name: TypeScript's own language server, asked as editors ask it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath, pathToFileURL } from "node:url";

const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

/** Opens an editor on a program that is not on disk. End it with `close`. */
export async function open(/** @type {string} */ path, /** @type {string} */ text) {
	const server = spawn(process.execPath, [compiler, "--lsp", "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
	const uri = pathToFileURL(path).href;
	/** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
	const waiting = new Map();
	let received = Buffer.alloc(0);
	let last = 0;

	const send = (/** @type {object} */ message) => {
		const body = JSON.stringify({ jsonrpc: "2.0", ...message });
		server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
	};
	const ask = (/** @type {string} */ method, /** @type {object} */ params) =>
		new Promise((resolve, reject) => {
			waiting.set(++last, { resolve, reject });
			send({ id: last, method, params });
		});
	server.stdout.on("data", (part) => {
		received = Buffer.concat([received, part]);
		for (;;) {
			const end = received.indexOf("\r\n\r\n");
			const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, Math.max(end, 0)).toString())?.[1]);
			if (end < 0 || received.length < end + 4 + length) {
				return;
			}
			const { id, method, result, error } = JSON.parse(received.subarray(end + 4, end + 4 + length).toString());
			received = received.subarray(end + 4 + length);
			if (method !== undefined) {
				id !== undefined && send({ id, result: null }); // the server's own questions: this editor has no settings
				continue;
			}
			const { resolve, reject } = waiting.get(id) ?? {};
			waiting.delete(id);
			error ? reject?.(new Error(error.message)) : resolve?.(result);
		}
	});
	server.on("exit", () => waiting.forEach(({ reject }) => reject(new Error("the language server has ended"))));

	const capabilities = { textDocument: { hover: { contentFormat: ["markdown"] } } };
	await ask("initialize", { processId: process.pid, rootUri: null, capabilities });
	send({ method: "initialized", params: {} });
	send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "typescript", version: 1, text } } });

	return {
		/** What is shown beside the n-th occurrence of a text. */
		async hover(/** @type {string} */ at, n = 1) {
			const before = text.split(at, n).join(at).split("\n");
			const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
			const shown = await ask("textDocument/hover", { textDocument: { uri }, position });
			return /** @type {string} */ (shown?.contents?.value ?? "");
		},
		async close() {
			const ended = server.exitCode === null ? once(server, "exit") : undefined;
			server.kill();
			await ended;
		},
	};
}
