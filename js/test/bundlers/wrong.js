// What may go wrong, by the guides' own tables: each case is brought about in the project that the guide has led to, and
// must end in the code, or the tool's own words, that the guide names.

/**
 * @typedef {object} Case
 * @property {string} why
 * @property {string} [change] commands that bring it about
 * @property {string} [serve] a server whose page then shows the code …
 * @property {[command: string, program: string]} [run] … or a program that then fails with it
 * @property {string} [tool] … or a tool's command that then fails with these words
 * @property {string} code
 */

const withoutFile = (/** @type {string} */ files, folder = "dist") => ({
	why: "the WebAssembly file was not deployed with the rest",
	change: `rm ${files}`,
	serve: `node server.js ${folder}`,
	code: "module_not_found",
});

/** @type {Record<string, Case[]>} */
export const wrong = {
	"guides/node.md": [
		{ why: "the secret is not set", run: ["APP_SECRET= node", "token.js"], code: "invalid_identity" },
		{ why: "the secret is another", run: ["APP_SECRET=other node", "token.js"], code: "credentials_refused" },
		{
			why: "nobody listens there",
			change: "sed -i 's#http://127.0.0.1:[0-9]*#http://127.0.0.1:1#' token.js",
			run: ["node", "token.js"],
			code: "network",
		},
		{ why: "the file is gone", change: "rm node_modules/cctoken/dist/core.wasm", run: ["node", "token.js"], code: "module_not_found" },
	],
	"guides/deno.md": [
		{ why: "the file may not be read", run: ["deno run --no-prompt --allow-net --allow-env", "token.js"], code: "module_not_found" },
		{ why: "connections are not allowed", run: ["deno run --no-prompt --allow-read --allow-env", "token.js"], code: "network" },
	],
	"guides/bun.md": [
		{
			why: "a bundle leaves the file behind",
			change: "sed -i 's#cctoken/inline#cctoken#' token.js; bun build token.js --target=bun --outdir=build",
			run: ["bun", "build/token.js"],
			code: "module_not_found",
		},
	],
	"guides/browser.md": [
		withoutFile("dist/cctoken/core.wasm"),
		{
			why: "the file is of another build",
			// It ends with the hash that says of which.
			change: "cp node_modules/cctoken/dist/core.wasm dist/cctoken/; truncate -s -8 dist/cctoken/core.wasm; printf 01234567 >> dist/cctoken/core.wasm",
			serve: "node server.js",
			code: "module_stale",
		},
		{
			why: "the policy forbids WebAssembly",
			change: "cp node_modules/cctoken/dist/core.wasm dist/cctoken/; sed -i \"s/ 'wasm-unsafe-eval'//\" dist/index.html",
			serve: "node server.js",
			code: "module_invalid",
		},
		{
			why: "the policy does not have the vendor's address",
			change: "sed -i \"s/script-src 'self'/script-src 'self' 'wasm-unsafe-eval'/; s#connect-src 'self' http://[0-9.:]*#connect-src 'self'#\" dist/index.html",
			serve: "node server.js",
			code: "network",
		},
		{
			why: "the server refuses an AccessToken",
			serve: "APP_SECRET= node server.js",
			code: "supplier_failed",
		},
	],
	"guides/vite.md": [
		withoutFile("dist/assets/*.wasm"),
		{ why: "the server answers a page for what it does not know", serve: "npx vite preview", code: "module_invalid" },
		{
			why: "packages are taken into the bundle",
			change: "sed -i 's#cctoken/inline#cctoken#' src/token.js; npx vite build --ssr src/token.js --outDir single",
			run: ["node", "single/token.js"],
			code: "module_not_found",
		},
	],
	"guides/webpack.md": [
		withoutFile("dist/*.wasm"),
		{ why: "the program's file was not deployed with the rest", change: "rm build/*.wasm", run: ["node", "build/main.mjs"], code: "module_not_found" },
	],
	"guides/rollup.md": [
		withoutFile("dist/core.wasm"),
		{
			why: "a token is asked for first",
			change: "sed -i '/^await initialize/d' build/token.js && echo 'await initialize({ wasmUrl: \"core.wasm\" });' >> build/token.js && cp build/core.wasm dist/",
			run: ["node", "build/token.js"],
			code: "module_started",
		},
	],
	"guides/esbuild.md": [
		{
			why: "the option is missing",
			tool: "npx esbuild src/token.js --bundle --format=esm --platform=node --outdir=build",
			code: 'No loader is configured for ".wasm" files',
		},
	],
	"guides/parcel.md": [
		withoutFile("dist/*.wasm"),
		{
			why: "another entry is imported, and the option is missing",
			change: "sed -i 's#\"cctoken\"#\"cctoken/inline\"#' src/main.js",
			tool: "npx parcel build --no-cache",
			code: "Failed to resolve 'cctoken/inline'",
		},
	],
	"guides/next.md": [
		withoutFile("out/_next/static/media/*.wasm", "out"),
		{
			why: "there is no route handler",
			change: "sed -i 's#/access-token#/elsewhere#' server.js; npx next build",
			serve: "node server.js out",
			code: "supplier_failed",
		},
	],
};
