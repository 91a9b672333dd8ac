// The log of an edge in Node, on the console of its program. Lines of one turn of the event loop are written together: a pipe takes
// each write before the program goes on.

let lines = "";

/** @param {string} line */
export function log(line) {
	if (lines === "") {
		setImmediate(write);
		lines = line;
	} else {
		lines += `\n${line}`;
	}
}

function write() {
	const text = lines;
	lines = "";
	console.log(text);
}
