// The declarations that ship have the words of the sources, and editors show them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { entries, functions } from "../../tools/build/declarations.js";
import { open } from "./editor.js";

const root = new URL("../../", import.meta.url);
const read = (/** @type {string} */ path) => readFile(new URL(path, root), "utf8");

/** A comment's words, without its tags, on one line. */
const words = (/** @type {string} */ comment) =>
	comment
		.split(/^\s*\* @/m)[0]
		.replace(/^\s*\/?\*+\/?/gm, "")
		.replace(/\s+/g, " ")
		.trim();

/** The words of entry.js on each function. */
const written = new Map(
	[...(await read("js/entry.js")).matchAll(/^\t\t\/\*\*\n([^]*?)^\t\t \*\/\n\t\t(?:async )?(\w+)/gm)].map(([, comment, name]) => [
		name,
		words(comment),
	]),
);

test("entry.js has words on each of the functions that the entries take from it", () => {
	assert.deepEqual([...written.keys()], functions);
	for (const [name, text] of written) {
		assert.ok(text.length > 30, `${name}: ${text}`);
	}
});

for (const entry of entries) {
	test(`dist/types/${entry}.d.ts has them too, with the tags, and on each overload`, async () => {
		const found = [
			...(await read(`dist/types/${entry}.d.ts`)).matchAll(/^\/\*\*\n([^]*?)^ \*\/\nexport declare function (\w+)\(([^]*?)\): [^]*?;$/gm),
		];
		assert.deepEqual(
			found.map(([, , name]) => name),
			[...functions, "verifyToken"],
		);
		for (const [, comment, name, parameters] of found) {
			assert.equal(words(comment), written.get(name));
			assert.ok(/@returns \{.+\} \w+/.test(comment), name);
			for (const parameter of parameters.matchAll(/^(?:|.*[,(] )(\w+)\??: /gm)) {
				assert.match(comment, new RegExp(`@param \\{.+\\} \\[?${parameter[1]}\\]? \\S`), `${name}: ${parameter[1]}`);
			}
		}
	});

	describe(`an editor shows them, ${entry}`, () => {
		/** @type {Awaited<ReturnType<typeof open>>} */
		let editor;
		before(async () => {
			editor = await open(
				fileURLToPath(new URL(`test/docs/${entry}.program.ts`, root)),
				`\
import { configure, createClient, getToken, initialize, validateIdentity, verifyToken } from "../../dist/types/${entry}.js";
const identity = { system: "isales", baseUrl: "", user: "", passwd: "" } as const;
initialize();
configure();
validateIdentity(identity);
verifyToken(await getToken(identity));
verifyToken("value", identity);
const client = createClient();
client.verifyToken("value", identity);
client.session(identity).fetch("/");
`,
			);
		});
		after(() => editor?.close());

		/** @param {string} shown */
		const plain = (shown) => shown.replace(/\s+/g, " ");

		test("where a function is called, and where it is imported", async () => {
			for (const [name, text] of written) {
				assert.ok(plain(await editor.hover(`${name}(`)).includes(text), `${name}(): ${await editor.hover(`${name}(`)}`);
				assert.ok(plain(await editor.hover(name)).includes(text), `${name}: ${await editor.hover(name)}`);
			}
			assert.ok(plain(await editor.hover("verifyToken(", 2)).includes(/** @type {string} */ (written.get("verifyToken"))));
		});

		test("on the methods of a client and a session", async () => {
			assert.match(plain(await editor.hover("verifyToken(", 3)), /Never `true` for a token that nobody here can vouch for/);
			assert.match(plain(await editor.hover("session(")), /A handle to one identity's session/);
			assert.match(plain(await editor.hover("fetch(")), /A business call that carries this session's token/);
		});
	});
}
