// The identities of connections, of whatever system is described: from where each field may take its value, and what becomes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { identityFor } from "../../js/edge/caller/access.js";
import { fieldsOf, readIdentity } from "../../js/edge/config/identity-fields.js";
import { Problem } from "../../js/edge/request/problem.js";
import { Reader } from "../../js/edge/config/reader.js";
import { systems } from "../../js/generated/systems.js";

/** A made-up system with a field of each kind. @type {import("../../js/edge/config/identity-fields.js").Field[]} */
const fields = [
	{ name: "desk", kind: "number", secret: false, optional: false, minimum: 1, maximum: 999 },
	{ name: "floor", kind: "number", secret: false, optional: true, values: [3, 4] },
	{ name: "phrase", kind: "text", secret: true, optional: false },
	{ name: "pin", kind: "text", secret: true, optional: false, insteadOf: "phrase" },
	{ name: "line", kind: "header", secret: false, optional: true },
	{ name: "gate", kind: "url", secret: false, optional: true },
	{ name: "mode", kind: "choice", secret: false, optional: true, values: ["long", "short"] },
	{ name: "silent", kind: "flag", secret: false, optional: true },
	{ name: "marks", kind: "parameters", secret: false, optional: true },
];

/** @param {Record<string, unknown>} identity */
function read(identity) {
	/** @type {string[]} */
	const problems = [];
	const checked = readIdentity(new Reader(identity, "identity", problems), fields);
	return { checked, problems };
}

const least = { desk: 7, phrase: { secret: "PHRASE" } };

test("a field of each kind is read as what it is, and a missing or doubled one is told", () => {
	const whole = {
		...least,
		floor: 4,
		line: { claim: "phone" },
		gate: "https://gate.test/a/",
		mode: "short",
		silent: false,
		marks: { a: "b", c: { subject: true } },
	};
	assert.deepEqual(read(whole), { checked: { ...whole, gate: "https://gate.test/a" }, problems: [] });
	assert.deepEqual(read({ desk: { claim: "desk" }, pin: { secret: "PIN" } }).problems, []);
	assert.deepEqual(read({ desk: 7 }).problems, ["identity.phrase or pin must be given, and only one of them"]);
	assert.deepEqual(read({ ...least, pin: { secret: "PIN" } }).problems, ["identity.phrase or pin must be given, and only one of them"]);
	assert.deepEqual(read({ phrase: { secret: "PHRASE" } }).problems, ["identity.desk is missing"]);
	assert.deepEqual(read({ ...least, baseUrl: "https://elsewhere.test" }).problems, ["identity.baseUrl is not known here"]);
});

for (const [field, wrong] of /** @type {[string, unknown[]][]} */ ([
	["desk", [0, 1000, 1.5, "7", true, null, { secret: "a b" }, { claim: "" }, { subject: false }]],
	["floor", [5, "3", 3.5]],
	["phrase", ["open", { claim: "phrase" }, { subject: true }, { secret: "a b" }, 7]],
	["line", ["", 7, true, {}, { claim: "a", subject: true }]],
	["gate", [{ claim: "gate" }, { secret: "GATE" }, { subject: true }, "http://gate.test", "https://a:b@gate.test", "gate.test", 7]],
	["mode", ["medium", { claim: "mode" }, 7]],
	["silent", ["true", 1, { claim: "silent" }]],
	["marks", ["a", { a: 7 }, { "": "b" }, { a: { claim: 7 } }, ["a"]]],
])) {
	test(`refused: what ${field} cannot be`, () => {
		for (const value of wrong) {
			const { problems } = read({ ...least, [field]: value });
			assert.equal(problems.length, 1, `${JSON.stringify(value)}: ${problems}`);
			assert.match(problems[0] ?? "", new RegExp(`^identity\\.${field} (must|is missing)`));
		}
	});
}

test("each value comes from where it is said to, a number as one, and the members have one order", () => {
	const principal = { by: "staff", subject: "agent-7", claims: { desk: "41", phone: "5001" } };
	const secretOf = (/** @type {string} */ name) => `secret ${name}`;
	/** @param {Record<string, any>} identity */
	const of = (identity, claims = principal.claims) =>
		identityFor(
			{ ...principal, claims },
			/** @type {any} */ ({ system: "made-up", baseUrl: "https://vendor.test", identity }),
			secretOf,
			fields,
		);
	assert.equal(
		JSON.stringify(
			of({
				silent: false,
				phrase: { secret: "PHRASE" },
				desk: { claim: "desk" },
				floor: 3,
				line: { claim: "phone" },
				marks: { b: { subject: true }, a: "x" },
			}),
		),
		JSON.stringify({
			baseUrl: "https://vendor.test",
			desk: 41,
			floor: 3,
			line: "5001",
			marks: { a: "x", b: "agent-7" },
			phrase: "secret PHRASE",
			silent: false,
			system: "made-up",
		}),
	);
	assert.equal(of({ desk: { claim: "desk" } }, /** @type {any} */ ({ desk: 41 })).desk, 41);
	for (const claims of [{}, { desk: "" }, { desk: "forty" }, { desk: 4.5 }, { desk: ["41"] }, { desk: true }]) {
		assert.throws(
			() => of({ desk: { claim: "desk" } }, /** @type {any} */ (claims)),
			(error) => error instanceof Problem && error.reason === "claim_missing",
			JSON.stringify(claims),
		);
	}
	assert.throws(() => of({ line: { claim: "phone" } }, /** @type {any} */ ({ phone: 5001 })), Problem);
});

test("every field of every system can be configured but a token of the caller's own, and a URL only as a text", () => {
	for (const {
		name,
		fields: [base, ...others],
	} of systems) {
		assert.equal(base?.kind, "url", name);
		assert.deepEqual(
			fieldsOf(name),
			others.filter(({ kind }) => kind !== "supplied"),
			name,
		);
	}
	assert.deepEqual(fieldsOf("no such system"), []);
});
