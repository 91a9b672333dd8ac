// Nonces, and how many of them an object remembers.
import { Nonces } from "../../js/edge/caller/nonces.js";

export class Counted extends Nonces {
	/** @param {Request} request */
	async fetch(request) {
		if (request.method === "GET") {
			return Response.json(this.storage.sql.exec("SELECT COUNT(*) AS rows FROM nonces").toArray()[0]);
		}
		return super.fetch(request);
	}
}

export default {
	/** @param {Request} request @param {{ NONCES: any }} bindings */
	fetch: (request, { NONCES }) => NONCES.get(NONCES.idFromName(new URL(request.url).pathname)).fetch(request),
};
