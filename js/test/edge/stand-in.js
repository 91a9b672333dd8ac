import core from "../../../dist/core.wasm";
import { Driver } from "../../driver.js";
import { createModule } from "../../module.js";
import { platformClock } from "../../clock.js";
import { createEdge } from "../../edge/edge.js";
export { Nonces } from "../../edge/nonces.js";
import { Token } from "../../token.js";
const module = createModule(async () => core);
const problem = (error) => Response.json(
	{ type: `urn:cctoken:error:${error.code}`, title: error.message, status: 502, code: error.code, retryable: error.retryable },
	{ status: error.code === "invalid_identity" ? 500 : error.code === "timeout" ? 504 : ["cooling_down", "unavailable"].includes(error.code) ? 503 : 502, headers: { "content-type": "application/problem+json" } });
export class Keeper {
	driver = new Driver(module, { fetch: (...a) => fetch(a[0], { method: a[1].method, headers: a[1].headers, body: a[1].body, redirect: "manual", signal: a[1].signal }), timeoutMs: 10_000, maxSessions: 10, onEvent: undefined, clock: platformClock });
	async fetch(request) {
		const { identity, ...rest } = await request.json();
		this.reference ??= this.driver.referenceTo(JSON.stringify(identity));
		try {
			switch (new URL(request.url).pathname) {
				case "/token": {
					const v = Token.view(await this.driver.token(this.reference, rest));
					return Response.json({ system: v.system, value: v.value, serial: v.serial, expiresIn: v.expiresAt && (v.expiresAt - Date.now()) / 1000, headers: v.headers ?? {}, query: v.query, body: v.body, rolls: v.rolls });
				}
				case "/verify": {
					const v = await this.driver.verify(this.reference, rest.token);
					return Response.json({ valid: v.valid ? true : v.invalid ? false : null, source: v.vendor ? "vendor" : "core", reason: v.reason });
				}
				case "/judge": {
					const now = this.driver.now();
					const o = this.driver.judge({ session: this.reference.known.id, serial: rest.serial }, { wall: now.wall - rest.sentAgo, mono: now.mono - rest.sentAgo }, rest, new TextEncoder().encode(atob(rest.body ?? "")));
					return Response.json({ replay: Boolean(o.replay), rolled: Boolean(o.rolled), reason: o.reason });
				}
			}
		} catch (error) { return problem(error); }
	}
}
export default createEdge();
