// What an operator can name: the ways to sign in, and the connections. Of either no more than the name and the kind.

/** @param {import("./operator.js").Order} order */
export async function configuration({ asked: { environment } }) {
	const { authentication, connections } = environment.config;
	return {
		authentication: Object.entries(authentication).map(([by, { type }]) => ({ by, type })),
		connections: Object.entries(connections).map(([connection, { system }]) => ({ connection, system })),
	};
}
