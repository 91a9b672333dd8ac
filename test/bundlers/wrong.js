// What may go wrong, by the guides' own tables: each case is brought about in the project that the guide has led to, and
// must end in the code, or the tool's own words, that the guide names.

/**
 * @typedef {object} Case
 * @property {string} why
 * @property {string} [again] a file that is written once more as the guide first shows it
 * @property {Record<string, string>} [files] that the reader is taken to have
 * @property {string} [change] commands that bring it about
 * @property {string} [serve] a server whose page then shows the code …
 * @property {string} [popup] … or the popup of the extension in that folder
 * @property {[command: string, program: string]} [run] … or a program that then fails with it
 * @property {string} [tool] … or a tool's command that then fails with these words
 * @property {string} code
 * @property {string} [shown] what the page shows then, where that is not the code alone
 * @property {Remedy} [remedy] what the guide says to do, done
 *
 * @typedef {object} Remedy
 * @property {string} change commands that end well
 * @property {string} serve a server whose page then …
 * @property {string} shows … shows this
 */

const withoutFile = (/** @type {string} */ files, folder = "dist") => ({
	why: "the WebAssembly file was not deployed with the rest",
	change: `rm ${files}`,
	serve: `node server.js ${folder}`,
	code: "module_not_found",
});

const pageForAnything = (/** @type {string} */ files, folder = "dist") => ({
	why: "the server answers a page for whatever it does not know",
	change: `rm -f ${files}; sed -i 's#^const listener#app.use((request, response) => response.sendFile("index.html", { root: "${folder}" }));\\n&#' server.js`,
	serve: `node server.js ${folder}`,
	code: "module_invalid",
});

/** A Worker that shows the code of what fails in another one. */
const failing = (/** @type {string} */ other) => `import worker from "./${other}";
export * from "./${other}";
const shown = (error) => new Response(error.code ?? (error.message && "no code"));
export default { fetch: (request, env) => worker.fetch(request, env).catch(shown) };
`;

/** A server that makes the calls for its pages answers with a status of its own. */
const answeredBy = (/** @type {string} */ server) => [
	{
		why: `the secret is another, in ${server}`,
		again: "client.js",
		serve: `APP_SECRET=other node ${server}`,
		code: "credentials_refused",
		shown: "502 credentials_refused",
	},
	{
		why: `the secret is not set, in ${server}`,
		serve: `APP_SECRET= node ${server}`,
		code: "invalid_identity",
		shown: "500 invalid_identity",
	},
];
const everyServer = ["express-server.js", "fastify-server.js", "hono-server.js", "koa-server.js"];

/** @type {Record<string, Case[]>} */
export const wrong = {
	"guides/node.md": [
		{ why: "the secret is not set", run: ["APP_SECRET= node", "token.js"], code: "invalid_identity" },
		{ why: "the secret is another", run: ["APP_SECRET=other node", "token.js"], code: "credentials_refused" },
		{
			why: "nobody listens there",
			change: "sed -i 's#http://127.0.0.1:[0-9]*#http://127.0.0.1:2#' token.js",
			run: ["node", "token.js"],
			code: "network",
		},
		{ why: "the file is gone", change: "rm node_modules/cctoken/dist/core.wasm", run: ["node", "token.js"], code: "module_not_found" },
	],
	"guides/http-clients.md": [
		{
			why: "the address is elsewhere",
			files: { "elsewhere.js": 'import { session } from "./session.js";\nawait session.fetch("https://elsewhere.example/");\n' },
			run: ["node", "elsewhere.js"],
			code: "invalid_request",
		},
		{
			why: "there is too little time",
			files: {
				"hurry.js": 'import { session } from "./session.js";\nawait session.fetch("/apiaccess/ccmessaging/poll", { timeoutMs: 1 });\n',
			},
			run: ["node", "hurry.js"],
			code: "timeout",
		},
		{
			why: "a wrapper reads the body",
			files: {
				"reader.js":
					"export const fetch = async (input, init) => {\n\tconst response = await globalThis.fetch(input, init);\n\tawait response.text();\n\treturn response;\n};\n",
			},
			change: `sed -i 's#^import { createClient.*#&\\nimport { fetch } from "./reader.js";#; s#createClient()#createClient({ fetch })#' session.js`,
			run: ["node", "own.js"],
			code: "fetch_failed",
		},
	],
	"guides/servers.md": [
		...everyServer.flatMap(answeredBy),
		{
			why: "there is too little time",
			change: "sed -i 's/timeoutMs: 10_000/timeoutMs: 1/' inbox.js",
			serve: "node koa-server.js",
			code: "timeout",
			shown: "504 timeout",
		},
		{
			why: "nobody listens there",
			change: "sed -i 's#http://127.0.0.1:[0-9]*#http://127.0.0.1:2#; s/timeoutMs: 1/&0_000/' inbox.js",
			serve: "node fastify-server.js",
			code: "network",
			shown: "503 network, later",
		},
	],
	"guides/functions.md": [
		{
			why: "a bundle leaves the file behind",
			change: "npx esbuild handler.js --bundle --platform=node --format=esm --outfile=build/handler.mjs",
			run: ["node", "build/handler.mjs"],
			code: "module_not_found",
		},
		{
			why: "the secret is not set",
			files: { "call.js": 'import { handler } from "./handler.js";\nawait handler({});\n' },
			run: ["APP_SECRET= node", "call.js"],
			code: "invalid_identity",
		},
		{
			why: "there is too little time",
			change: "sed -i 's/timeoutMs: 8_000/timeoutMs: 1/' handler.js",
			run: ["node", "call.js"],
			code: "timeout",
		},
	],
	"guides/tests.md": [
		{
			why: "the package is not transformed",
			change: "sed -i.bak '/transformIgnorePatterns/d' common/jest.config.js",
			tool: "npx jest --config common/jest.config.js",
			code: "Must use import to load ES Module",
		},
		{
			why: "Babel does not know import.meta",
			change: "mv common/jest.config.js.bak common/jest.config.js; sed -i '/plugins:/d' common/jest.config.js",
			tool: "npx jest --config common/jest.config.js",
			code: "Must use import to load ES Module",
		},
		{
			why: "Jest's own jsdom is taken",
			change: "sed 's/jest-fixed-jsdom/jsdom/' jest.config.js > own.config.js",
			tool: "NODE_OPTIONS=--experimental-vm-modules npx jest --config own.config.js",
			code: "TextEncoder is not defined",
		},
		{
			why: "the entry for browsers is taken",
			change: "sed -i '/customExportConditions/d' jest.config.js",
			tool: "NODE_OPTIONS=--experimental-vm-modules npx jest",
			code: "The token core could not be fetched from file:",
		},
		{
			why: "the package is taken into what is transformed",
			change: "sed 's/dir: .*/& server: { deps: { inline: [\"cctoken\"] } },/' vitest.config.js > inline.config.js",
			tool: "npx vitest run --config inline.config.js --project jsdom",
			code: "sandbox.wasm.br is missing",
		},
		{
			why: "the sandbox does not know of the page's origin",
			change: "sed -i 's/{ allowOrigin: .* }//' vitest/inbox.test.js",
			tool: "npx vitest run --project happy-dom",
			code: "Cross-Origin Request Blocked",
		},
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
		{
			why: "nobody listens there",
			change: "sed -i 's#http://127.0.0.1:[0-9]*#http://127.0.0.1:2#' token.js",
			run: ["bun", "token.js"],
			code: "network",
		},
	],
	"guides/browser.md": [
		withoutFile("dist/cctoken/core.wasm"),
		{
			why: "the file is of another build",
			// It ends with the hash that says of which.
			change:
				"cp node_modules/cctoken/dist/core.wasm dist/cctoken/; truncate -s -8 dist/cctoken/core.wasm; printf 01234567 >> dist/cctoken/core.wasm",
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
			change:
				"sed -i \"s/script-src 'self'/script-src 'self' 'wasm-unsafe-eval'/; s#connect-src 'self' http://[0-9.:]*#connect-src 'self'#\" dist/index.html",
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
		{
			why: "the page's own server does not run while it is developed",
			files: { "vite.config.js": 'export default { server: { proxy: { "/access-token": "http://127.0.0.1:1" } } };\n' },
			serve: "npx vite",
			code: "supplier_failed",
		},
	],
	"guides/webpack.md": [
		withoutFile("dist/*.wasm"),
		{
			why: "the program's file was not deployed with the rest",
			change: "rm build/*.wasm",
			run: ["node", "build/main.mjs"],
			code: "module_not_found",
		},
		pageForAnything("dist/*.wasm"),
		{
			why: "a rule of the configuration takes the package's file too",
			change:
				'sed -i \'s#mode: "production",#& module: { rules: [{ test: /[.]wasm$/, type: "asset/resource", generator: { emit: false } }] },#\' webpack.config.js; npx webpack',
			serve: "node server.js dist",
			code: "module_invalid",
		},
	],
	"guides/rollup.md": [
		{
			why: "the file is of another build",
			// It ends with the hash that says of which.
			change: "truncate -s -8 dist/core.wasm; printf 01234567 >> dist/core.wasm",
			serve: "node server.js dist",
			code: "module_stale",
		},
		withoutFile("dist/core.wasm"),
		pageForAnything("dist/core.wasm"),
		{
			why: "a token is asked for first",
			change:
				"sed -i '/^await initialize/d' build/token.js && echo 'await initialize({ wasmUrl: \"core.wasm\" });' >> build/token.js && cp build/core.wasm dist/ && mkdir build/program && mv build/token.js build/core.wasm build/program",
			run: ["node", "build/program/token.js"], // from there the package's own file would be where one is
			code: "module_started",
		},
	],
	"guides/esbuild.md": [
		{
			why: "the option is missing",
			tool: "npx esbuild src/token.js --bundle --format=esm --platform=node --outdir=build",
			code: 'No loader is configured for ".wasm" files',
		},
		{
			why: "a token is asked for first",
			change: `sed -i '/^await initialize/d' src/token.js && echo 'await initialize({ wasmUrl: new URL(core, import.meta.url) });' >> src/token.js
npx esbuild src/token.js --bundle --format=esm --platform=node --loader:.wasm=file --outdir=build/program && cp node_modules/cctoken/dist/core.wasm build/program/`,
			run: ["node", "build/program/token.js"],
			code: "module_started",
		},
		{
			why: "the program lacks the call of initialize",
			change: "sed -i 's#cctoken/inline#cctoken#' src/main.js; npx esbuild src/main.js --bundle --format=esm --outdir=dist",
			serve: "node server.js dist",
			code: "module_not_found",
		},
		pageForAnything("dist/*.wasm"),
	],
	"guides/parcel.md": [
		withoutFile("dist/*.wasm"),
		pageForAnything("dist/*.wasm"),
		{
			why: "another entry is imported, and the option is missing",
			change: 'sed -i \'s#"cctoken"#"cctoken/inline"#\' src/main.js',
			tool: "npx parcel build --no-cache",
			code: "Failed to resolve 'cctoken/inline'",
			remedy: {
				change: `node -e '
					const { readFileSync, writeFileSync } = require("node:fs");
					const manifest = JSON.parse(readFileSync("package.json"));
					writeFileSync("package.json", JSON.stringify({ ...manifest, "@parcel/resolver-default": { "packageExports": true } }));
				'; npx parcel build --no-cache --target page`,
				serve: "node server.js dist",
				shows: "ccmessaging true",
			},
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
		{
			why: "the policy forbids WebAssembly",
			change: `sed -i "s#<head>#&<meta http-equiv='Content-Security-Policy' content=\\"script-src 'self' 'unsafe-inline'\\">#" out/index.html`,
			serve: "node server.js out",
			code: "module_invalid",
		},
		{
			why: "the secret is not set where the server runs",
			again: "app/access-token/route.js",
			files: { "post.js": 'import { POST } from "./app/access-token/route.js";\nawait POST();\n' },
			run: ["APP_SECRET= node", "post.js"],
			code: "invalid_identity",
		},
	],
	"guides/angular.md": [
		{
			why: "the entry in assets is missing",
			change: 'sed -i \'/"assets"/d; s#"dist",#"dist"#\' angular.json; npx ng build',
			serve: "node server.js dist/browser",
			code: "module_not_found",
		},
		pageForAnything("", "dist/browser"),
	],
	"guides/astro.md": [
		{
			why: "the secret is not set where the server runs",
			again: "src/pages/index.astro",
			change: "npx astro build",
			serve: "APP_SECRET= node dist/server/entry.mjs",
			code: "supplier_failed",
		},
	],
	"guides/nuxt.md": [
		{ why: "the secret is not set where the server runs", serve: "APP_SECRET= node .output/server/index.mjs", code: "supplier_failed" },
		{
			why: "the WebAssembly file was not deployed with the rest",
			change: "rm .output/public/_nuxt/*.wasm",
			serve: "node .output/server/index.mjs",
			code: "module_not_found",
		},
	],
	"guides/react-router.md": [],
	"guides/rspack.md": [
		{
			why: "the prefix of a program's assets is a page's",
			change: "sed -i 's# assetPrefix: \"auto\",##' rsbuild.config.js; npx rsbuild build",
			run: ["node", "build/token.js"],
			code: "module_not_found",
		},
		withoutFile("dist/static/wasm/*.wasm"),
		pageForAnything("public/*.wasm", "public"),
	],
	"guides/module-federation.md": [
		{ why: "the server refuses an AccessToken", serve: "APP_SECRET= node server.js dist", code: "supplier_failed" },
		{
			why: "a part is built without shared",
			change: "sed -i 's#const shared = .*#const shared = {};#' rspack.config.js; npx rspack build",
			serve: "node server.js dist",
			code: "ccmessaging true copies 2 logins 2",
		},
	],
	"guides/sveltekit.md": [
		{
			why: "the server has another origin than it knows of",
			change: "grep -rl http://127.0.0.1:3000 build | xargs sed -i 's#http://127.0.0.1:3000#https://127.0.0.1:3000#'",
			serve: "node build",
			code: "supplier_failed",
		},
		{
			why: "the package is among the devDependencies",
			change: "npm pkg delete dependencies; npm pkg set devDependencies.cctoken=*; ORIGIN=http://127.0.0.1:3000 npx vite build",
			serve: "node build",
			code: "supplier_failed",
		},
	],
	"guides/extension.md": [
		{
			why: "the manifest does not name the vendor",
			change: "sed -i 's#\"http://127.0.0.1:[0-9]*/\\*\", ##' extension/manifest.json",
			serve: "node server.js",
			popup: "extension",
			code: "network",
		},
		{
			why: "the manifest has no policy of its own",
			change: "sed -i '/content_security_policy/d' extension/manifest.json",
			serve: "node server.js",
			popup: "extension",
			code: "module_invalid",
		},
		{
			why: "the WebAssembly file was not packaged",
			change: "rm extension/cctoken/core.wasm",
			serve: "node server.js",
			popup: "extension",
			code: "module_not_found",
		},
	],
	"guides/web-workers.md": [
		{
			why: "a classic worker was not told where the WebAssembly file is",
			change: "sed -i 's#cctoken.initialize(.*#0;#' dist/worker.js",
			serve: "node server.js dist",
			code: "module_not_found",
		},
		{
			why: "the policy of the worker's file forbids WebAssembly",
			change: `sed -i "s#^const app = .*#&\\napp.use((request, response, next) => next(void response.set('Content-Security-Policy', \\"script-src 'self'\\")));#" server.js`,
			serve: "node server.js build",
			code: "module_invalid",
		},
	],
	"guides/workers.md": [
		{
			why: "there is something to compile",
			files: { "src/failing.js": failing("started.js") },
			change: `sed 's#import { #&initialize, #; s#const answer = #await initialize({ wasmUrl: "https://aicc.example.com/core.wasm" });\\n&#' src/worker.js > src/started.js`,
			serve: "npx wrangler dev src/failing.js",
			code: "module_invalid",
		},
		{
			why: "the vendor admits known addresses only",
			files: {
				"src/failing.js": failing("guarded.js"),
				// The vendor is the Worker itself: the sandbox admits everybody.
				"src/guarded.js": `import { createClient } from "cctoken";
export default {
	async fetch(request, env) {
		const { origin, pathname } = new URL(request.url);
		if (pathname.endsWith("/tokenByAkSk")) {
			return Response.json({ AccessToken: "A1", Expires: "600" });
		}
		if (pathname.endsWith("/applyToken")) {
			return Response.json({ exceptionInfo: "The client IP address is not in the trustlist." }, { status: 403 });
		}
		const token = await createClient().getToken({
			system: "ccmessaging", baseUrl: origin, appKey: "app001", appSecret: env.APP_SECRET,
			userId: "user001", userName: "Zhang San", channelId: "channel001", locale: "zh",
		});
		return new Response(token.system);
	},
};
`,
			},
			serve: "npx wrangler dev src/failing.js",
			code: "address_not_admitted",
		},
		{
			why: "CubeDrive's logins add up",
			files: {
				"src/failing.js": failing("many.js"),
				// Each client is as one of Cloudflare's machines.
				"src/many.js": `import { createClient } from "cctoken";
export default {
	async fetch() {
		for (let machine = 0; machine < 100; machine++) {
			await createClient().getToken({
				system: "cubedrive", baseUrl: "https://aicc.example.com/lite",
				params: { appId: "demo-app", appSecret: "app-secret-of-demo-app", user: "user22" },
			});
		}
		return new Response("a hundred logins");
	},
};
`,
			},
			serve: "npx wrangler dev src/failing.js",
			code: "malformed_response",
		},
		{
			why: "the error crossed from the Durable Object",
			files: { "src/failing.js": failing("shared.js") },
			change: "echo APP_SECRET=other > .dev.vars",
			serve: "npx wrangler dev src/failing.js --config wrangler.shared.json",
			code: "no code",
		},
	],
};
