// What a person sees: colour, a table, a spinner. Data goes to standard output, everything else to standard error.
import util from "node:util";

/** @typedef {"bold" | "dim" | "red" | "green" | "yellow" | "cyan"} Style */
/** @typedef {(style: Style, text: string) => string} Paint */
/** @typedef {{ isTTY?: boolean, write(text: string): unknown }} Output */

/**
 * Whether a stream gets colour: as the flags say, otherwise as FORCE_COLOR and NO_COLOR say, otherwise where it is a
 * terminal.
 * @param {Output} stream
 * @param {NodeJS.ProcessEnv} env
 * @param {Readonly<Record<string, any>>} [options]
 */
export function hasColor(stream, env, options = {}) {
	if (options["no-color"]) {
		return false;
	}
	if (options["color"]) {
		return true;
	}
	if (env["FORCE_COLOR"] !== undefined) {
		return env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
	}
	return !env["NO_COLOR"] && env["TERM"] !== "dumb" && stream.isTTY === true;
}

/**
 * @param {boolean} color
 * @returns {Paint}
 */
export function painter(color) {
	// styleText came with Node 20.12. By itself, later Nodes would look at standard output's kind once more.
	const { styleText } = util;
	if (!color || !styleText) {
		return (_, text) => text;
	}
	return (style, text) => /** @type {any} */ (styleText)(style, text, { validateStream: false });
}

/**
 * Lines of a label and a value each. A value of several lines goes on below itself.
 * @param {readonly (readonly [string, string])[]} rows
 * @param {Paint} paint
 */
export function table(rows, paint) {
	const width = Math.max(...rows.map(([label]) => label.length)) + 2;
	return rows
		.map(
			([label, value]) => `${paint("dim", label)}${" ".repeat(width - label.length)}${value.replaceAll("\n", `\n${" ".repeat(width)}`)}\n`,
		)
		.join("");
}

/**
 * Shows on a terminal's standard error that something is under way; elsewhere nothing.
 * @param {Output} stream
 * @param {boolean} shown
 */
export function createSpinner(stream, shown) {
	const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	let turn = 0;
	return {
		/** @param {string} text */
		start(text) {
			if (!shown) {
				return;
			}
			clearInterval(timer);
			const draw = () => stream.write(`\r\x1b[2K${frames[turn++ % frames.length]} ${text}`);
			draw();
			timer = setInterval(draw, 80);
			timer.unref();
		},
		stop() {
			if (timer) {
				clearInterval(timer);
				timer = undefined;
				stream.write("\r\x1b[2K");
			}
		},
	};
}

/**
 * Enough of a secret to tell it from others, and far too little to use it.
 * @param {string} value
 */
export function shorten(value) {
	return value.length >= 24 ? `${value.slice(0, 4)}…${value.slice(-4)}` : "…";
}

/**
 * Takes secrets out of a text.
 * @param {string} text
 * @param {readonly string[]} hidden
 */
export function redact(text, hidden) {
	for (const secret of hidden) {
		if (secret.length >= 4) {
			for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
				// In any case: a host name that somebody made of it is in lower case.
				text = text.replace(new RegExp(form.replace(/[^\w\s]/g, "\\$&"), "gi"), "[hidden]");
			}
		}
	}
	return text;
}

/** Members of the command's own making: a password that is one of its words must not change what programs compare. */
const ownWords = new Set(["verdict", "step", "level", "code", "name", "system", "field"]);

/**
 * As JSON, with secrets taken out of its texts.
 * @param {unknown} value
 * @param {readonly string[]} hidden
 */
export function redactedJSON(value, hidden) {
	return JSON.stringify(value, (key, member) => (typeof member === "string" && !ownWords.has(key) ? redact(member, hidden) : member));
}

/**
 * A time span for people.
 * @param {number} ms milliseconds
 */
export function span(ms) {
	const seconds = Math.round(Math.abs(ms) / 1000);
	const parts = /** @type {[number, string][]} */ ([
		[86400, "d"],
		[3600, "h"],
		[60, "min"],
		[1, "s"],
	]);
	let left = seconds;
	const said = [];
	for (const [size, unit] of parts) {
		const n = Math.floor(left / size);
		left -= n * size;
		if (n > 0 && said.length < 2) {
			said.push(`${n} ${unit}`);
		}
	}
	return said.join(" ") || "0 s";
}
