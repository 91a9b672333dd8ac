// What workerd writes, made fit to be shown. The Worker's own lines are JSON of its own words. The runtime's are not: it
// quotes what it could not read, as it came from the wire, so that a caller could write into an operator's terminal and
// log, and a query's secret would stand there.

/** Where in the runtime something was noticed, or that it ends: what comes after are words of its source. */
const runtimes = /^(?:[\w./+-]+\.(?:c\+\+|h):\d+: |\*\*\* )/;

/** After a condition, in the runtime's own form, the values of its variables: these quote. */
const values = /; [^]*$/;

/** The message of a JavaScript error, which may quote anything. */
const message = /\b((?:remote\.)?jsg\.\w*(?:Error|Exception)(?:\(\w*\))?): [^]*$/;

const stack = /^stack:(?: [\w./@+-]+)*(?:; (?:sentryErrorContext|wdErrId) = \w+)*$/;

/**
 * One line, fit to be shown.
 * @param {string} line
 */
export function shown(line) {
	if (isOwn(line)) {
		return line;
	}
	if (stack.test(line)) {
		return line.replaceAll(/\S*\/(?=[\w.+-]+@)/g, ""); // without the paths of this machine
	}
	if (!runtimes.test(line)) {
		return `(a line of ${line.length} characters that is not shown)`;
	}
	return line
		.replace(values, "")
		.replace(message, "$1")
		.replaceAll(/"[^"]*"|`[^`]*`|\b[a-z][a-z0-9+.-]*:\/\/\S*|\?\S*=\S*/gi, "…")
		.replaceAll(/[^ -~…]/gu, (c) => `\\u{${/** @type {number} */ (c.codePointAt(0)).toString(16)}}`);
}

/** @param {string} line */
function isOwn(line) {
	if (!/^\{[ -~]*\}$/.test(line)) {
		return false;
	}
	try {
		JSON.parse(line);
		return true;
	} catch {
		return false;
	}
}

/**
 * Cuts what comes into lines, and hands each on, fit to be shown.
 * @param {import("node:stream").Readable} stream
 * @param {(line: string) => void} print
 * @returns {void}
 */
export function showLines(stream, print) {
	let rest = "";
	stream
		.setEncoding("utf8")
		.on("data", (/** @type {string} */ text) => {
			const lines = (rest + text).split("\n");
			rest = /** @type {string} */ (lines.pop());
			lines.forEach((line) => print(shown(line)));
			if (rest.length > maxLine) {
				print(shown(rest));
				rest = "";
			}
		})
		.on("end", () => rest === "" || print(shown(rest)));
}

/** A line that does not end is shown in parts; characters. */
const maxLine = 64 << 10;
