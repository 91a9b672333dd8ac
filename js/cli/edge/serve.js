// cctoken edge serve: an edge on this machine, until it is told to end.
import { readText } from "../files.js";
import { exit } from "../exit.js";
import { storeIn } from "../store.js";
import { UsageError } from "../usage.js";

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>}
 */
export async function serve({ options, stdout, env, cwd, note }) {
	const file = options["config"];
	if (file === undefined) {
		throw new UsageError("Which configuration? Give --config FILE, as docs/edge.md describes it.", "config");
	}
	const at = { host: options["host"] ?? "127.0.0.1", port: portOf(options["port"] ?? "8788") };
	const { ConfigError, createEdge, serve: listen } = await import("../../../dist/edge-node.js");
	/** What is wrong with a configuration is lines of names, and no value. @param {unknown} error */
	const problemsOf = (error) => (error instanceof ConfigError ? error.problems : error instanceof UsageError ? [error.message] : undefined);
	const first = await configIn(file);
	const { store, leave } = options["store"] === undefined ? { leave: async () => {} } : await storeIn(options["store"], env, cwd);
	let edge;
	try {
		edge = createEdge(first, { env, ...(store && { store }), ...(options["path"] !== undefined && { path: options["path"] }) });
	} catch (error) {
		await leave();
		throw wrong(problemsOf(error), error);
	}
	const end = async () => {
		edge.close();
		await leave();
	};
	if (edge.missing.length > 0) {
		await end();
		throw wrong(edge.missing);
	}
	/** @param {object} line as those of the requests are */
	const tell = (line) => void stdout.write(`${JSON.stringify(line)}\n`);
	const served = await listen(edge.handler, at).catch(async (error) => {
		await end();
		const { code } = /** @type {NodeJS.ErrnoException} */ (error);
		throw new UsageError(`The edge cannot listen at that host and port (${/^[A-Z_]+$/.test(code ?? "") ? code : "unknown"}).`, "port");
	});
	const reload = async () => {
		try {
			edge.reload(await configIn(file));
			tell({ event: "reloaded" });
		} catch (error) {
			const problems = problemsOf(error) ?? ["it cannot be read"];
			tell({ event: "reload_refused", problems });
		}
	};
	process.on("SIGHUP", reload);
	const ended = new Promise((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"]) {
			process.once(signal, resolve);
		}
	});
	tell({ event: "listening", url: served.url });
	await ended;
	note("The edge takes no further connection, and ends when those who are being answered are.");
	await served.close();
	process.off("SIGHUP", reload);
	await end();
	return exit.ok;
}

/** @param {string} file */
async function configIn(file) {
	const { text = "" } = (await readText(file, { what: "The edge's configuration", field: "config" })) ?? {};
	try {
		return JSON.parse(text);
	} catch {
		throw new UsageError("The edge's configuration is not JSON.", "config");
	}
}

/** @param {readonly string[] | undefined} problems @param {unknown} [error] */
function wrong(problems, error) {
	return problems
		? new UsageError(`The edge's configuration cannot be used:\n${problems.map((line) => `- ${line}`).join("\n")}`, "config")
		: error;
}

/** @param {string} text */
function portOf(text) {
	if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
		throw new UsageError("--port takes a number from 0 to 65535.", "port");
	}
	return Number(text);
}
