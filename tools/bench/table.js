// Rows as text, in columns.

const columns = [
	["what is measured; against what", (row) => row.what],
	["ours", (row) => row.ours],
	["reference", (row) => row.reference],
	["ratio", (row) => row.ratio?.toFixed(2)],
	["bar", (row) => row.bar],
	["", (row) => (row.bar ? (row.met ? "met" : "not met") : "")],
];

/** @param {import("./report.js").Row[]} rows */
export function table(rows) {
	const cells = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, cell]) => cell(row) ?? ""))];
	const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
	return cells
		.map((line) =>
			line
				.map((cell, i) => cell.padEnd(widths[i]))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}
