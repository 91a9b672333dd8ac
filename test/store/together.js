// What holds for the clients of one application, in processes or in pages, over whatever store.
import assert from "node:assert/strict";
import { afterEach, suite, test } from "node:test";
import { signing } from "../../js/generated/identity.js";
import { sandboxed } from "../sandboxed.js";
import { startMembers, until } from "./members.js";

/**
 * @param {string} where
 * @param {() => any} place an empty one each time
 * @param {{ members: number, called: string, start: import("./members.js").Start, endAll: () => unknown, lasting: boolean }} of lasting is
 *   whether what is stored outlives those who have stored it
 */
export function together(where, place, { members, called, start, endAll, lasting }) {
	suite(where, () => {
		const sandbox = sandboxed();
		afterEach(() => endAll());
		const startMember = (/** @type {any} */ setting) => start({ ...setting, url: sandbox.url });
		const startSome = (/** @type {number} */ count, /** @type {any} */ setting) =>
			startMembers(count, { ...setting, url: sandbox.url }, start);
		/** @param {string} system */
		const counts = async (system) => (await sandbox.state()).counts[system];

		test(`${members} ${called} with 1,000 callers each make one login, of each system`, async () => {
			const group = await startSome(members, { store: place() });
			for (const { identity } of sandbox.listed) {
				const { system } = identity;
				const before = await counts(system);
				if (signing.includes(system)) {
					const answers = await group.all("signIn", { identity });
					assert.equal(new Set(answers.map(({ value }) => value)).size, 1, system);
				}
				const answers = await group.all("get", { identity, callers: 1000 });
				assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], [], system);
				const stores = (await group.all("seen")).flatMap(({ store }) => store);
				assert.equal(new Set(answers.flatMap(({ values }) => values)).size, 1, `${system} ${stores}`);
				assert.ok((await counts(system)).logins - before.logins <= 1, `${system}: one login`);
			}
			const { counts: all } = await sandbox.state();
			for (const [system, { logins }] of Object.entries(all)) {
				assert.equal(logins, 1, `${system}, of which others may need a token`);
			}
			assert.deepEqual(
				(await group.all("seen")).flatMap(({ store }) => store),
				[],
			);
			await group.end();
		});

		test("a token that one finds dead is dead for all, and one gets the next", async () => {
			const group = await startSome(3, { store: place() });
			const [first, ...others] = group.members;
			for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
				const { identity } = sandbox.own(system);
				const [{ values }] = await group.all("get", { identity });
				await sandbox.revoke({ system, all: true });
				const renewed = await first.ask("get", { identity, options: { rejected: values[0] } });
				assert.notEqual(renewed.values[0], values[0], system);
				for (const other of others) {
					await until(
						() => other.ask("get", { identity }),
						(answer) => answer.values[0] === renewed.values[0],
						`${system}: the other's token`,
					);
				}
				assert.equal((await counts(system)).logins, 2, system);
			}
			await group.end();
		});

		test("a token that one is sent with an answer is the others' within a moment", async () => {
			const group = await startSome(3, { store: place() });
			const { identity, path, method, body } = sandbox.own("ccmessaging");
			const [{ values }] = await group.all("get", { identity });
			await sandbox.post("roll", { system: "ccmessaging" });
			const init = { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } };
			const { status } = await group.members[0].ask("call", { identity, path, init });
			assert.equal(status, 200);
			const rolled = await group.members[0].ask("get", { identity });
			assert.notEqual(rolled.values[0], values[0]);
			for (const other of group.members) {
				await until(
					() => other.ask("get", { identity }),
					(answer) => answer.values[0] === rolled.values[0],
					"the other's token",
				);
				assert.equal((await other.ask("call", { identity, path, init })).status, 200);
			}
			assert.equal((await counts("ccmessaging")).logins, 1);
			await group.end();
		});

		test("a login budget is one for all: used up across them, it keeps each of them away", async () => {
			const group = await startSome(members, { store: place() });
			const { identity } = sandbox.own("cubedrive");
			await group.all("get", { identity });
			for (let round = 0; round < 3; round++) {
				for (const member of group.members) {
					await member.ask("get", { identity, options: { forceRefresh: true } });
				}
			}
			assert.equal((await counts("cubedrive")).logins, 5);
			const answers = await group.all("get", { identity, options: { forceRefresh: true } });
			assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], ["login_budget"]);
			const plain = await group.all("get", { identity });
			assert.deepEqual([...new Set(plain.flatMap(({ errors }) => errors))], [], "who is content with the token that there is gets it");
			assert.equal((await counts("cubedrive")).logins, 5);
			await group.end();
		});

		test("a refused credential is not tried by the others, nor by those who come later", async () => {
			const setting = { store: place() };
			const group = await startSome(3, setting);
			const { identity } = sandbox.own("isales");
			await sandbox.post("refuse", { system: "isales", credential: identity.user, refuse: true });
			const answers = await group.all("get", { identity, callers: 10 });
			for (const { errors } of answers) {
				assert.ok(errors.length === 1 && ["credentials_refused", "cooling_down"].includes(errors[0]), String(errors));
			}
			const late = await startMember(setting);
			assert.deepEqual((await late.ask("get", { identity })).errors, ["cooling_down"]);
			assert.equal((await counts("isales")).logins, 1);
			await late.end();
			await group.end();
		});

		test("a refresh token is used once, by whoever renews", async () => {
			const group = await startSome(4, { store: place() });
			const { identity } = sandbox.own("isales");
			await sandbox.post("lifetimes", { isales: 2 });
			for (let i = 0; i < 8; i++) {
				const answers = await group.all("get", { identity, callers: 20 });
				assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], []);
				await new Promise((resolve) => setTimeout(resolve, 500));
			}
			const { logins, refreshes, failed } = await counts("isales");
			assert.equal(logins, 1);
			assert.ok(refreshes >= 1, "it was renewed");
			assert.equal(failed, 0, "no refresh token was refused");
			await group.end();
		});

		test("what one forgets, all forget; who asks then gets a new token", async () => {
			const group = await startSome(2, { store: place() });
			const { identity } = sandbox.own("appcube");
			const [{ values }] = await group.all("get", { identity });
			const late = group.members[0];
			await late.ask("forget", { identity });
			const next = await late.ask("get", { identity });
			assert.notEqual(next.values[0], values[0]);
			await until(
				() => group.members[1].ask("get", { identity }),
				(answer) => answer.values[0] === next.values[0],
				"the other's token",
			);
			await group.end();
		});

		test("who is signed out by one is signed out for all", async () => {
			const group = await startSome(2, { store: place() });
			for (const system of signing) {
				const { identity } = sandbox.own(system);
				const [first, second] = group.members;
				const { value } = await first.ask("signIn", { identity });
				assert.deepEqual((await second.ask("get", { identity })).values, [value], system);
				assert.equal(await second.ask("signOut", { identity }), undefined, system);
				await until(
					() => first.ask("get", { identity }),
					({ errors }) => errors[0] === "signed_out",
					`${system}: the other is told`,
				);
			}
			await group.end();
		});

		test("who begins later needs no login, and counts the token's life from when it began", async () => {
			const setting = { store: place() };
			const first = await startMember(setting);
			const { identity } = sandbox.own("appcube");
			await first.ask("get", { identity });
			const { leftMs } = await first.ask("lives", { identity });
			if (lasting) {
				await first.end();
			}
			const second = await startMember(setting);
			const later = await second.ask("lives", { identity });
			assert.ok(later.leftMs <= leftMs, `${later.leftMs} of ${leftMs}`);
			assert.ok(later.leftMs > leftMs / 2);
			const { events } = await second.ask("seen");
			assert.deepEqual(
				events.map((/** @type {any} */ { type, logins }) => [type, logins]),
				[["adopted", 1]],
				"a login, but none of its own",
			);
			assert.equal((await counts("appcube")).logins, 1);
			await Promise.all([first.end(), second.end()]);
		});
	});
}
