// Processes that stand still while they log in: their machine sleeps, or somebody has stopped them.
import assert from "node:assert/strict";
import { sandboxIdentities } from "../../tools/demo/identities.js";
import { startServer } from "../../tools/demo/server.js";
import { endAll, startMember, until } from "./members.js";

/** Where one stops, and how many logins there are when it has gone on. */
const stops = {
	"when it has the lock alone": { at: "take", number: 1, when: "after", logins: 1 },
	"when the login is noted": { at: "write", number: 1, when: "after", logins: 1 },
	"when it has the lock, and the login is noted": { at: "take", number: 2, when: "after", logins: 1 },
	"while the vendor has the login": { at: "vendor", step: "login", when: "before", logins: 2 },
	"when the vendor has answered": { at: "vendor", step: "login", when: "after", logins: 2 },
	"before the token is stored": { at: "write", number: 2, when: "before", logins: 2 },
};

/**
 * At each step of a login a process stands still for longer than its lock lasts, and another one takes over.
 * @param {() => import("./members.js").Place} place an empty one each time
 */
export async function standStill(place) {
	const server = await startServer("127.0.0.1:0");
	try {
		const listed = await sandboxIdentities(server.url);
		/** @param {string} system */
		const own = (system) => structuredClone(listed.find(({ identity }) => identity.system === system).identity);
		const identity = own("cubedrive");
		await Promise.all(
			Object.entries(stops).map(async ([step, { logins, ...dies }], i) => {
				const store = place();
				const its = { ...identity, params: { ...identity.params, user: `${identity.params.user}${i}` } };
				const slow = await startMember({ store, dies: { ...dies, signal: "SIGSTOP" } });
				const other = await startMember({ store });
				if (dies.at === "take" && dies.number === 2) {
					await slow.ask("get", { identity: own("appcube") });
				}
				const { logins: before } = await slow.ask("seen");
				const waiting = slow.ask("get", { identity: its });
				await slow.stops;
				const { values, errors } = await other.ask("get", { identity: its });
				assert.equal(values.length, 1, `${step}: ${errors}`);
				slow.signal("SIGCONT");
				const told = (await waiting).errors;
				assert.ok(told.length === 0 || told[0] === "timeout", `${step}: ${told}`);
				await until(
					() => Promise.all([slow.ask("get", { identity: its }), other.ask("get", { identity: its })]),
					([a, b]) => a.values.length === 1 && a.values[0] === b.values[0],
					`${step}: one token`,
				);
				const [its1, its2] = await Promise.all([slow.ask("seen"), other.ask("seen")]);
				assert.equal(its1.logins - before + its2.logins, logins, `${step}: logins`);
				assert.ok(!its1.late.includes(true), `${step}: nothing is written under the lock that it had`);
				assert.ok(its1.late.length > 0 || dies.at !== "write" || dies.when === "after", `${step}: as it has tried`);
				const third = await startMember({ store });
				const more = [];
				while (!more.includes("login_budget")) {
					more.push(...(await third.ask("get", { identity: its, options: { forceRefresh: true } })).errors);
				}
				const { logins: last } = await third.ask("seen");
				assert.ok(logins + last <= 5, `${step}: each login counts, ${last} were left`);
				await Promise.all([slow.end(), other.end(), third.end()]);
			}),
		);
	} finally {
		endAll();
		await server.stop();
	}
}
