// What a login costs beyond the vendor's answer, with a fetch that answers at once, and many callers of one login.
import { memoize } from "@smithy/property-provider";
import { createClient } from "../../js/client/client.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { compare } from "./compare.js";
import { compared, milli, report, us } from "./report.js";
import * as vendor from "./vendor.js";

const module = createModule(load);
const client = createClient(module, { fetch: vendor.fakeFetch });
await module.start();

// The least that a program could do by itself: the same request, and the token out of the answer.
const plainLogin = async ({ baseUrl, appKey, appSecret }) => {
	const response = await vendor.fakeFetch(`${baseUrl}/oifde/rest/appcube/api/getAppCubeToken`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ appKey, appSecret }),
	});
	const { authToken, expireTime } = await response.json();
	return { value: authToken, expires: Date.now() + expireTime * 1000 };
};

let users = 0;
const another = () => ({ ...vendor.appcube(), appKey: `tenant-${++users}` });

const one = await compare(
	async (n) => {
		for (let i = 0; i < n; i++) {
			await client.getToken(another());
		}
	},
	async (n) => {
		for (let i = 0; i < n; i++) {
			await plainLogin(another());
		}
	},
	{ batch: 100, rounds: 30, warmUp: 10 },
);

// 10,000 callers at once, of one identity that has no token yet.
const callers = 10_000;
const crowd = await compare(
	async () => {
		const identity = another();
		const before = vendor.served();
		const tokens = await Promise.all(Array.from({ length: callers }, () => client.getToken(identity)));
		if (vendor.served() !== before + 1 || tokens.some((token) => token !== tokens[0])) {
			throw new Error("not one login for all");
		}
	},
	async () => {
		const identity = another();
		const login = memoize(
			() => plainLogin(identity),
			() => false,
		);
		await Promise.all(Array.from({ length: callers }, () => login()));
	},
	{ batch: 1, rounds: 10, warmUp: 3 },
);
report(
	compared("a login where the vendor answers at once; the bare fetch and JSON.parse", one, us),
	compared("10,000 callers at once, one login; memoize of @smithy/property-provider", crowd, milli),
);
process.exit(); // a client that is not closed has timers
