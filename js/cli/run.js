// One run of the command: arguments in, an exit code out. Whatever goes wrong is said here, in one place.
import { readFile } from "node:fs/promises";
import { readArguments } from "./arguments.js";
import { exit, exitOf } from "./exit.js";
import { message, plain } from "./failure.js";
import { help } from "./help.js";
import { createSpinner, hasColor, painter, redact, redactedJSON } from "./terminal.js";

/** Loaded when it is asked for: `get` need not know of the doctor. @type {Record<string, () => Promise<{ main: (context: import("./context.js").Context) => Promise<number> }>>} */
const load = {
	get: () => import("./get.js"),
	verify: () => import("./verify.js"),
	call: () => import("./call.js"),
	doctor: () => import("./doctor.js"),
	edge: () => import("./edge.js"),
	sandbox: () => import("./sandbox.js"),
};

/**
 * @param {readonly string[]} argv the arguments, without node and the script
 * @param {NodeJS.Process} process
 * @returns {Promise<number>} the exit code
 */
export async function run(argv, { stdin, stdout, stderr, env }) {
	const cwd = globalThis.process.cwd();
	stdout.on("error", (error) => {
		if (/** @type {NodeJS.ErrnoException} */ (error).code === "EPIPE") {
			globalThis.process.exit(exit.pipe); // nobody reads on: there is no use in going on
		}
		throw error;
	});
	const json = argv.includes("--json");
	/** @type {string[]} */
	const hidden = [];
	let options = {};
	/** @type {import("../client/identity.js").VendorIdentity | undefined} */
	let identity;
	let spinner = createSpinner(stderr, false);
	try {
		const read = readArguments(argv);
		options = read.options;
		if (read.options["version"]) {
			const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
			stdout.write(`${version}\n`);
			return exit.ok;
		}
		if (read.options["help"] || !read.command) {
			stdout.write(help(read.command, read.options["system"]));
			return argv.length === 0 ? exit.usage : exit.ok;
		}
		spinner = createSpinner(stderr, stderr.isTTY === true && !json && !env["CI"] && env["TERM"] !== "dumb");
		const paintNote = painter(hasColor(stderr, env, options));
		const { main } = await /** @type {NonNullable<typeof load[string]>} */ (load[read.command])();
		return await main({
			...read,
			env,
			cwd,
			stdin,
			stdout,
			stderr,
			spinner,
			hidden,
			paintNote,
			paint: painter(hasColor(stdout, env, options)),
			about(asked) {
				identity = asked;
			},
			note(text) {
				spinner.stop();
				stderr.write(`${redact(text, hidden)}\n`);
			},
		});
	} catch (error) {
		spinner.stop();
		const code = exitOf(error);
		if (json) {
			stdout.write(`${redactedJSON({ error: plain(error, identity), exitCode: code }, hidden)}\n`);
		} else {
			const paint = painter(hasColor(stderr, env, options));
			stderr.write(`${paint("red", "error:")} ${redact(message(error, identity), hidden)}\n`);
		}
		return code;
	}
}
