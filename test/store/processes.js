// What holds for the processes of one application, over whatever store: what holds for all clients, and when one is killed.
import assert from "node:assert/strict";
import { afterEach, suite, test } from "node:test";
import { sandboxed } from "../sandboxed.js";
import { endAll, startMember } from "./members.js";
import { together } from "./together.js";

/**
 * @param {string} where
 * @param {() => import("./members.js").Place} place an empty one each time
 * @param {{ processes: number }} size
 */
export function processes(where, place, { processes }) {
	together(where, place, { members: processes, called: "processes", start: startMember, endAll, lasting: true });
	suite(where, () => {
		const sandbox = sandboxed();
		afterEach(endAll);

		/**
		 * At each step of a login, in the order in which they come; and how many logins are known of when another has made one. A
		 * process that has not asked the store yet takes the lock alone; one that has notes its login in the same step.
		 */
		const steps = {
			"before it has the lock": { at: "take", number: 1, when: "before", logins: 1 },
			"when it has the lock alone": { at: "take", number: 1, when: "after", logins: 1 },
			"before the login is noted": { at: "write", number: 1, when: "before", logins: 1 },
			"when the login is noted": { at: "write", number: 1, when: "after", logins: 2 },
			"before it has the lock, and the login is noted": { at: "take", number: 2, when: "before", logins: 1 },
			"when it has the lock, and the login is noted": { at: "take", number: 2, when: "after", logins: 2 },
			"while the vendor has the login": { at: "vendor", step: "login", when: "before", logins: 2 },
			"when the vendor has answered": { at: "vendor", step: "login", when: "after", logins: 2 },
			"before the token is stored": { at: "write", number: 2, when: "before", logins: 2 },
			"when the token is stored": { at: "write", number: 2, when: "after", logins: 1 },
		};
		test("a process that is killed at any step of a login holds the others up for a bounded time, and its login counts", async () => {
			const { identity } = sandbox.own("cubedrive");
			await Promise.all(
				Object.entries(steps).map(async ([step, { logins: expected, ...dies }], i) => {
					const store = place();
					const its = { ...identity, params: { ...identity.params, user: `${identity.params.user}${i}` } };
					const victim = await startMember({ store, dies });
					const other = await startMember({ store });
					if (dies.at === "take" && dies.number === 2) {
						const { errors } = await victim.ask("get", { identity: sandbox.own("appcube").identity });
						assert.deepEqual(errors, []);
					}
					await victim.ask("get", { identity: its });
					assert.equal(await victim.killed, "SIGKILL", step);
					const { values, errors, ms } = await other.ask("get", { identity: its });
					assert.equal(values.length, 1, `${step}: ${errors}`);
					assert.ok(ms < 20_000, `${step}: ${ms} ms`);
					const { events } = await other.ask("seen");
					const { logins } = events.findLast(({ type }) => type === "acquired" || type === "adopted");
					assert.equal(logins, expected, `${step}: logins that are known of`);
					await other.end();
				}),
			);
		});

		test("a process that is killed the moment that it has its token has left it to the others", async () => {
			const store = place();
			const { identity } = sandbox.own("appcube");
			const user = (/** @type {string} */ appKey) => ({ ...identity, appKey, appSecret: `api-password-of-${appKey}` });
			const other = await startMember({ store });
			for (let i = 0; i < 5; i++) {
				const victim = await startMember({ store });
				await victim.ask("get", { identity: user(`before${i}`) });
				await victim.ask("last", { identity: user(`last${i}`) });
				assert.equal(await victim.killed, "SIGKILL");
				assert.deepEqual((await other.ask("get", { identity: user(`last${i}`) })).errors, []);
			}
			assert.equal((await other.ask("seen")).logins, 0);
			await other.end();
		});
	});
}
