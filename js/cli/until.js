// Until when a command serves: a signal, or the end of the process that holds the other end of its standard input.
import { fstatSync } from "node:fs";

/**
 * What ends a command that serves, and how a person is told of it.
 * @typedef {object} Until
 * @property {Promise<void>} over
 * @property {boolean} held whether it ends together with whoever holds its standard input
 * @property {string} words such as "until you press Ctrl-C"
 */

/**
 * A pipe as standard input is somebody's, mostly a test runner's, and ends with them whatever they die of. A terminal sends SIGHUP
 * when it closes. Anything else, such as the /dev/null of a script's job in the background, says nothing of anybody's end.
 * @param {NodeJS.ReadStream} stdin of this process
 * @returns {Until}
 */
export function until(stdin) {
	const held = isPipe();
	const over = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
			process.once(signal, () => resolve());
		}
		if (held) {
			for (const event of ["end", "error"]) {
				stdin.once(event, () => resolve());
			}
			stdin.resume();
		}
	}).finally(() => stdin.destroy());
	const { pid } = process;
	return {
		over,
		held,
		words: stdin.isTTY
			? `until you press Ctrl-C, or end process ${pid}`
			: held
				? `until standard input ends, as it does with whoever started this, or until process ${pid} is ended`
				: `until process ${pid} is ended: they go on when whoever started this has ended`,
	};
}

function isPipe() {
	try {
		const of = fstatSync(0);
		return of.isFIFO() || of.isSocket();
	} catch {
		return false; // it was closed before this began
	}
}
