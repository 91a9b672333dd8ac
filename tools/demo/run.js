// What `make run` shows: a token of each system, fetched from, kept for, renewed at and verified with a
// sandbox of them over real HTTP, through the package as a Node program uses it. Then the server goes on, for the page.
import { createClient, systems } from "../../js/node.js";
import { sandboxIdentities } from "./identities.js";
import { controls, startServer } from "./server.js";

const callers = 1000;

process.once("uncaughtException", ({ message }) => {
	console.error(message); // it says what to do; the stack does not
	process.exit(1);
});
const server = await startServer(process.argv[2] ?? process.env.ADDR ?? "127.0.0.1:8787");
for (const signal of ["SIGINT", "SIGTERM"]) {
	process.once(signal, () => server.stop().then(() => process.exit(0)));
}
server.ended.then((code) => process.exit(code ?? 1)); // without the server there is nothing to show
console.log(`listening on ${server.url}\n`);

const sandbox = controls(server.url);
const renewals = [];
const client = createClient({ onEvent: ({ type, system }) => type === "replayed" && renewals.push(system) });

table([
	["system", "token", "lifetime", "verified", `logins for ${callers} calls`, "token revoked, then called"],
	...(await Promise.all((await sandboxIdentities(server.url)).map(demonstrate))),
]);
console.log(`\nThe page is at ${server.url}/ — Ctrl-C ends the server.`);

async function demonstrate({ identity, path, init }) {
	const before = await logins(identity.system);
	const signsIn = systems.some(({ name, signsIn }) => name === identity.system && signsIn);
	if (signsIn) {
		await client.signIn(identity); // nothing else would; whoever runs this has asked for it
	}
	// Equal identities are one, whatever the objects.
	const tokens = await Promise.all(Array.from({ length: callers }, () => client.getToken({ ...identity })));
	const made = (await logins(identity.system)) - before;
	const [token] = tokens;
	if (tokens.some(({ value }) => value !== token.value)) {
		throw new Error(`${identity.system}: ${callers} callers got different tokens`);
	}
	const { valid, source } = await client.verifyToken(token);

	await sandbox.revoke({ system: identity.system, all: true });
	const { status } = await client.fetch(identity, path, init);
	const after = await client.getToken(identity).then(
		({ value }) => (value === token.value ? "not renewed" : "renewed"),
		({ code }) => (code === "signed_out" ? "signed out" : code),
	);
	return [
		identity.system,
		`${token.value.slice(0, 4)}…${token.value.slice(-4)}`,
		token.expiresAt ? `${(token.expiresAt.getTime() - token.issuedAt.getTime()) / 1000} s` : "not stated",
		`${valid ?? "unknown"} (${source})`,
		String(made),
		`${after}, ${renewals.includes(identity.system) ? "replayed" : "not replayed"}: ${status}`,
	];
}

/** What the sandbox counted, not what the client believes. */
async function logins(system) {
	return (await sandbox.state()).counts[system].logins;
}

function table(rows) {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	for (const row of rows) {
		console.log(
			row
				.map((cell, column) => cell.padEnd(widths[column]))
				.join("  ")
				.trimEnd(),
		);
	}
}
