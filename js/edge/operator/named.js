import { Problem } from "../request/problem.js";

/**
 * The name of a connection that an operator asks about.
 * @param {unknown} connection
 * @param {import("../config/environment.js").Environment} environment
 * @returns {string | undefined} undefined where none is named
 */
export function connectionNamed(connection, { config }) {
	if (connection !== undefined && (typeof connection !== "string" || !Object.hasOwn(config.connections, connection))) {
		throw new Problem("invalid_request", "connection must be the name of a connection.", { field: "connection", reason: "field" });
	}
	return connection;
}
