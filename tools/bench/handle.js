// `await session.getToken()` against the cache of the AWS SDKs, used as they use it.
import { memoize } from "@smithy/property-provider";
import { createClient } from "../../js/client/client.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { compare } from "./compare.js";
import { compared, ns, report } from "./report.js";
import * as vendor from "./vendor.js";

const client = createClient(createModule(load), { fetch: vendor.fakeFetch });
const session = client.session(vendor.appcube());
const token = await session.getToken();

// As their isIdentityExpired and doesIdentityRequireRefresh.
const credentials = { value: token.value, expiration: token.expiresAt };
const requiresRefresh = ({ expiration }) => expiration !== undefined;
const isExpired = (identity) => requiresRefresh(identity) && identity.expiration.getTime() - Date.now() < 300_000;
const memoized = memoize(async () => credentials, isExpired, requiresRefresh);

/** @param {number} n */
async function ours(n) {
	for (let i = 0; i < n; i++) {
		if ((await session.getToken()) !== token) {
			throw new Error("another token");
		}
	}
}

/** @param {number} n */
async function reference(n) {
	for (let i = 0; i < n; i++) {
		if ((await memoized()) !== credentials) {
			throw new Error("other credentials");
		}
	}
}

const comparison = await compare(ours, reference, { batch: 10_000, rounds: 200, warmUp: 20 });
report(compared("a live token, by a session handle; memoize of @smithy/property-provider", comparison, ns, 1));
