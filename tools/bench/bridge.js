// What a login costs inside the core and on the way there and back: the processor's time of its calls, whatever else the
// machine is doing. It is one of ccmessaging, which takes two requests; the vendor's answers are at hand.
import { CoreClient } from "../../js/module/wall.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { median } from "./compare.js";
import { report, us } from "./report.js";
import * as vendor from "./vendor.js";

const [batch, rounds, warmUp] = [100, 60, 20];
const instance = await createModule(load).start();
const core = new CoreClient(instance, { seed: [1, 2], timeoutMs: 30_000, maxSessions: 1000 });
const answerOf = async (/** @type {string} */ url) => new Uint8Array(await (await vendor.fakeFetch(url)).arrayBuffer());
const [accessToken, token] = await Promise.all(["https://vendor.example/tokenByAkSk", "https://vendor.example/applyToken"].map(answerOf));
let [users, mono] = [0, 1];

function login() {
	const now = { wall: 1_700_000_000_000 + mono, mono: mono++ };
	const { session } = core.open(JSON.stringify({ ...vendor.ccmessaging(), appKey: `tenant-${++users}` }), now);
	let { effects } = core.get(session, now, false, 0, "");
	for (const body of [accessToken, token]) {
		const sent = /** @type {{ id: number }} */ (effects.find(({ do: what }) => what === "send"));
		({ effects } = core.answered(sent.id, now, { status: 200 }, body));
	}
	if (!effects.some((effect) => effect.do === "settled" && effect.token)) {
		throw new Error("there is no token");
	}
}

/** @type {number[]} */
const times = [];
for (let round = 0; round < rounds; round++) {
	const before = process.cpuUsage();
	for (let i = 0; i < batch; i++) {
		login();
	}
	const { user, system } = process.cpuUsage(before);
	times.push((user + system) / 1000 / batch);
}
const ms = median(times.slice(warmUp));
report({ what: "a login's calls into the core, by the processor's time", ours: us(ms), bar: "under 70 µs", met: ms < 0.07 });
