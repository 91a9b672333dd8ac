// The declarations of the installed package, as the compilers of its users see them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systems } from "../../js/generated/systems.js";
import { calls, declared, forms, lines, values } from "./fields.js";
import { install } from "./packed.js";
import { tools } from "./tools.js";

const typed = fileURLToPath(new URL("typed", import.meta.url));
/** TypeScript 7 has left the older resolutions out. */
const compilers = {
	7: async () => fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url)),
	5: async () => join(await tools("types"), "typescript/bin/tsc"),
};

let program;
before(async () => {
	program = await install();
	for (const name of ["every-entry.ts", "with-dom.ts", "common.cts"]) {
		await copyFile(join(typed, name), join(program.folder, name));
	}
});
after(() => program?.remove());

let configs = 0;

/**
 * Compiles without writing anything.
 * @param {7 | 5} compiler
 * @param {string[]} files
 * @param {object} options
 * @returns {Promise<string>} what the compiler has to say: nothing, if all is well
 */
async function compile(compiler, files, options) {
	const config = join(program.folder, `tsconfig.${++configs}.json`);
	const compilerOptions = {
		strict: true,
		exactOptionalPropertyTypes: true,
		declaration: true,
		isolatedDeclarations: true,
		noUncheckedIndexedAccess: true,
		skipLibCheck: false,
		target: "ES2022",
		types: [],
		noEmit: true,
		...options,
	};
	await writeFile(config, JSON.stringify({ compilerOptions, files }));
	const tsc = await compilers[compiler]();
	return new Promise((resolve, reject) => {
		execFile(
			process.execPath,
			[tsc, "-p", config, "--pretty", "false"],
			{ cwd: program.folder, timeout: 120_000 },
			(error, stdout, stderr) => (stderr || (error && !stdout) ? reject(error) : resolve(stdout)),
		);
	});
}

const libraries = { "without the DOM library": ["ES2022"], "with the DOM library": ["ES2022", "DOM"] };

describe("every entry compiles in strict mode", { concurrency: 2 }, () => {
	for (const [compiler, module, moduleResolution, more] of /** @type {const} */ ([
		[7, "node16", "node16"],
		[7, "node20", "node16"],
		[7, "nodenext", "nodenext"],
		[7, "esnext", "bundler"],
		[7, "preserve", "bundler"],
		[5, "commonjs", "node10", { ignoreDeprecations: "5.0" }],
		[5, "esnext", "node10", { ignoreDeprecations: "5.0" }],
		[5, "node16", "node16"],
		[5, "nodenext", "nodenext"],
		[5, "esnext", "bundler"],
	])) {
		for (const [what, lib] of Object.entries(libraries)) {
			test(`TypeScript ${compiler}, module ${module}, moduleResolution ${moduleResolution}, ${what}`, async () => {
				const files = ["every-entry.ts"];
				if (lib.includes("DOM")) {
					files.push("with-dom.ts");
				}
				if (moduleResolution === "node16" || moduleResolution === "nodenext") {
					files.push("common.cts");
				}
				assert.equal(await compile(compiler, files, { module, moduleResolution, lib, ...more }), "");
			});
		}
	}

	test("TypeScript 5, moduleResolution classic, which knows no packages and is told where this one is", async () => {
		const classic = { module: "esnext", moduleResolution: "classic", lib: ["ES2022"], ignoreDeprecations: "5.0" };
		assert.match(await compile(5, ["every-entry.ts"], classic), /Cannot find module 'cctoken'/);
		const at = (/** @type {string} */ path) => [`./node_modules/cctoken/dist/${path}`];
		const paths = {
			cctoken: at("types/browser.d.ts"),
			"cctoken/inline": at("types/inline.d.ts"),
			"cctoken/script": at("cctoken.d.ts"),
			"cctoken/core.wasm": at("core.wasm.d.ts"),
			"cctoken/edge": at("edge.d.ts"),
			"cctoken/edge/sign": at("types/edge/sign.d.ts"),
			"cctoken/sandbox": at("types/sandbox/index.d.ts"),
		};
		assert.equal(await compile(5, ["every-entry.ts"], { ...classic, paths }), "");
	});

	test("without the DOM library nothing of it is declared by the package", async () => {
		await writeFile(join(program.folder, "no-dom.ts"), 'import "cctoken";\nconst response: Response = null!;\nexport { response };\n');
		const said = await compile(7, ["no-dom.ts"], { module: "nodenext", lib: ["ES2022"] });
		assert.match(said, /^no-dom\.ts\(2,17\): error TS2304: Cannot find name 'Response'\.\n$/);
	});
});

describe("wrong fields", { concurrency: 2 }, () => {
	test("every field that is declared has its lines", async () => {
		for (const { name: system, fields, takesToken } of systems) {
			// What a token is got by: of these a form has one, or as the types say.
			const credentials = [
				...fields.filter(({ secret, kind }) => secret && kind !== "parameters").map(({ name }) => name),
				...(takesToken ? ["token"] : []),
			];
			const others = (/** @type {string[]} */ names) => names.filter((name) => !credentials.includes(name)).sort();
			const own = forms.filter((form) => form.system === system);
			assert.ok(own.length > 0, system);
			for (const form of own) {
				assert.deepEqual(others(form.fields), others(fields.filter(({ optional }) => !optional).map(({ name }) => name)), system);
				assert.deepEqual(others(form.optional), others(fields.filter(({ optional }) => optional).map(({ name }) => name)), system);
			}
			for (const name of credentials) {
				assert.ok(
					own.some((form) => [...form.fields, ...form.optional].includes(name)),
					`${system}.${name}`,
				);
			}
		}
		for (const {
			typedef: [file, name],
		} of calls) {
			for (const option of await declared(file, name)) {
				assert.ok(values[option.name]?.wrong.length, `${name}.${option.name}`);
			}
		}
	});

	for (const compiler of /** @type {const} */ ([7, 5])) {
		for (const [what, lib] of Object.entries(libraries)) {
			test(`each is an error on its own line, and nothing right is: TypeScript ${compiler}, ${what}`, async () => {
				const { right, wrong } = await lines();
				assert.ok(wrong.length > 250 && right.length > 50, `${wrong.length} wrong, ${right.length} right`);
				const head = [
					'import { createClient, getToken, initialize, Token, TokenError, verifyToken } from "cctoken";',
					'declare const identity: import("cctoken").Identity;',
					"declare const token: Token;",
					"declare const error: TokenError;",
				];
				const all = [...head, ...right, ...wrong];
				const file = `fields-${compiler}-${lib.length}.ts`;
				await writeFile(join(program.folder, file), `${all.join("\n")}\n`);
				const said = await compile(compiler, [file], { module: "nodenext", lib });
				const found = new Set([...said.matchAll(/^fields-\S+\.ts\((\d+),/gm)].map(([, line]) => all[Number(line) - 1]));
				assert.deepEqual(
					[...new Set(wrong)].filter((line) => !found.has(line)),
					[],
					"wrong, and compiles",
				);
				assert.deepEqual(
					[...found].filter((line) => !wrong.includes(String(line))),
					[],
					"right, and does not compile",
				);
			});
		}
	}
});

describe("linters of packages", () => {
	const lint = async (/** @type {string[]} */ ...args) =>
		new Promise((resolve) => {
			execFile(
				process.execPath,
				args,
				{ cwd: program.folder, env: { ...process.env, NO_COLOR: "1" }, timeout: 120_000 },
				(error, stdout, stderr) => resolve({ code: error ? error.code : 0, said: stdout + stderr }),
			);
		});

	// The others read `exports` first, but Parcel reads none unless it is told to: without `browser` it would bundle the entry
	// for Node into a page, where that works, and where pages then share nothing.
	test("publint --strict has nothing to say, but that browser may be left out", async () => {
		const { code, said } = await lint(join(await tools("types"), "publint/src/cli.js"), "--strict", program.tarball);
		assert.equal(code, 0, said);
		assert.deepEqual(said.match(/^\d+\. [\w.]+/gm), ["1. pkg.browser"], said);
	});

	// The one rule left out says that CommonJS has the package by a dynamic import. So it is: ES modules only.
	test("attw finds every entry under every resolution", async () => {
		const attw = join(await tools("types"), "@arethetypeswrong/cli/dist/index.js");
		const { code, said } = await lint(attw, "--ignore-rules", "cjs-resolves-to-esm", "--format", "ascii", "--", program.tarball);
		assert.equal(code, 0, said);
		assert.match(said, /No problems found/);
		for (const entry of ["", "/inline", "/script", "/core.wasm", "/edge", "/edge/sign", "/sandbox", "/package.json"]) {
			assert.ok(said.includes(`"cctoken${entry}"`), said);
		}
	});
});
