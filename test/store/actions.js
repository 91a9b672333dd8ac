// What a client is asked to do, in a process or in a page, and what it answers: things that can be sent.

/**
 * It uses nothing but what it is given and what every platform has, as a page gets its text.
 * @param {any} client
 * @returns {Record<string, (asked: any) => Promise<unknown>>}
 */
export const actionsOf = (client) => ({
	async get({ identity, callers = 1, options }) {
		const began = performance.now();
		const settled = await Promise.allSettled(Array.from({ length: callers }, () => client.getToken({ ...identity }, options)));
		const values = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value.value] : []));
		const errors = settled.flatMap((one) => (one.status === "rejected" ? [one.reason.code ?? String(one.reason)] : []));
		return { values: [...new Set(values)], errors: [...new Set(errors)], ms: performance.now() - began };
	},
	async lives({ identity }) {
		const { expiresAt } = await client.getToken(identity);
		return { leftMs: expiresAt && expiresAt.getTime() - Date.now() };
	},
	async signIn({ identity }) {
		return { value: (await client.signIn({ ...identity })).value };
	},
	async signOut({ identity }) {
		await client.signOut({ ...identity });
	},
	async call({ identity, path, init }) {
		const response = await client.session({ ...identity }).fetch(path, init);
		return { status: response.status };
	},
	async forget({ identity }) {
		client.session({ ...identity }).forget();
	},
});
