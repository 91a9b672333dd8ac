// cctoken edge serve: an edge on this machine, until it is told to end.
import { TokenError } from "../../client/error.js";
import { exit } from "../exit.js";
import { storeIn } from "../store.js";
import { UsageError } from "../usage.js";
import { configurationIn, fileIn, listed, unusable } from "./configuration.js";

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>}
 */
export async function serve({ options, rest, stdout, env, cwd, note }) {
	const file = fileIn(rest, "serve");
	const at = { host: options["host"] ?? "127.0.0.1", port: portOf(options["port"] ?? "8788") };
	const { ConfigError, createEdge, serve: listen } = await import("../../../dist/edge-node.js");
	/** What is wrong with a configuration is lines of names, and no value. @param {unknown} error */
	const problemsOf = (error) => (error instanceof ConfigError ? error.problems : error instanceof UsageError ? [error.message] : undefined);
	const first = await configurationIn(file);
	const shared = options["store"] === undefined ? undefined : await storeIn(options["store"], env, cwd, { stable: true });
	/** @type {ReturnType<typeof createEdge> | undefined} */
	let edge;
	const end = async () => {
		edge?.close();
		await shared?.leave();
	};
	let served;
	try {
		edge = createEdge(first, { env, ...(shared && { store: shared.store }), path: options["path"] ?? "" });
		if (edge.missing.length > 0) {
			throw new ConfigError([...edge.missing]);
		}
		// A server that is not there may come, and nobody would be served better if all edges waited for it.
		const there = await edge.ready().then(
			() => true,
			() => false,
		);
		if (!there) {
			note("The store does not answer. Until it does, this edge shares nothing with others; /readyz says so.");
		}
		served = await listen(edge.handler, at);
	} catch (error) {
		await end();
		throw said(error, error instanceof ConfigError ? error.problems : undefined);
	}
	const running = edge;
	/** @param {object} line as those of the requests are */
	const tell = (line) => void stdout.write(`${JSON.stringify(line)}\n`);
	const reload = async () => {
		try {
			running.reload(await configurationIn(file));
			tell({ event: "reloaded" });
		} catch (error) {
			const problems = problemsOf(error) ?? ["it cannot be read"];
			tell({ event: "reload_refused", problems });
			if (error instanceof UsageError) {
				running.refuse(error.field === "file" ? ["the file cannot be read"] : problems); // where it is, is not for everybody
			}
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

/**
 * Why it does not begin, in the command's words.
 * @param {unknown} error
 * @param {readonly string[] | undefined} problems of the configuration
 */
function said(error, problems) {
	if (problems) {
		return new UsageError((unusable + listed(problems)).trimEnd());
	}
	if (error instanceof TokenError && error.field === "path") {
		return new UsageError("--path must be empty, or a path such as /edge.", "path");
	}
	const { code, syscall } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
	if (syscall === "listen" || syscall === "getaddrinfo") {
		return new UsageError(`The edge cannot listen at that host and port (${code}).`, "port");
	}
	return error;
}

/** @param {string} text */
function portOf(text) {
	if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
		throw new UsageError("--port takes a number from 0 to 65535.", "port");
	}
	return Number(text);
}
