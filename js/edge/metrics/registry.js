// Counters and histograms of an isolate, and how Prometheus reads them. Bounded: whatever the labels are, a family has so many series.

/** The most series of a family; what comes beyond is counted together. */
export const mostSeries = 500;

/** The upper ends of a histogram's buckets; seconds. */
export const buckets = Object.freeze([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]);

/** What stands for a label that is no plain word, and for all series beyond the bound. */
const other = "other";

/**
 * @typedef {object} Family
 * @property {"counter" | "histogram"} type
 * @property {string} help
 * @property {readonly string[]} labels
 */

/** @typedef {{ labels: string[], count: number, sum: number, within: number[] }} Series within: how many in each bucket, those of smaller ones not counted again */

export class Registry {
	/** @type {Readonly<Record<string, Family>>} */ #families;
	/** By the family's name, and in it by the labels' values. @type {Map<string, Map<string, Series>>} */ #series = new Map();

	/** @param {Readonly<Record<string, Family>>} families by their names */
	constructor(families) {
		this.#families = families;
		for (const name of Object.keys(families)) {
			this.#series.set(name, new Map());
		}
	}

	/** @param {string} name @param {readonly unknown[]} labels in the family's order */
	count(name, labels) {
		this.#of(name, labels).count++;
	}

	/** @param {string} name @param {readonly unknown[]} labels @param {number} seconds */
	observe(name, labels, seconds) {
		const series = this.#of(name, labels);
		const bucket = buckets.findIndex((end) => seconds <= end);
		series.count++;
		series.sum += seconds;
		if (bucket >= 0) {
			series.within[bucket] = (series.within[bucket] ?? 0) + 1;
		}
	}

	/** All of them, in Prometheus' text format. */
	text() {
		const lines = [];
		for (const [name, { type, help, labels }] of Object.entries(this.#families)) {
			lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
			for (const series of this.#series.get(name)?.values() ?? []) {
				const pairs = series.labels.map((value, i) => `${labels[i]}="${value}"`);
				const line = (/** @type {string} */ suffix, /** @type {string[]} */ more, /** @type {number} */ value) =>
					lines.push(`${name}${suffix}{${[...pairs, ...more].join(",")}} ${value}`);
				if (type === "counter") {
					line("", [], series.count);
					continue;
				}
				let below = 0;
				buckets.forEach((end, i) => line("_bucket", [`le="${end}"`], (below += series.within[i] ?? 0)));
				line("_bucket", ['le="+Inf"'], series.count);
				line("_sum", [], Number(series.sum.toFixed(6)));
				line("_count", [], series.count);
			}
		}
		return `${lines.join("\n")}\n`;
	}

	/** @param {string} name @param {readonly unknown[]} given */
	#of(name, given) {
		const all = /** @type {Map<string, Series>} */ (this.#series.get(name));
		const known = all.get(given.join("\n")); // only plain words stand there: what is none finds nothing
		if (known) {
			return known;
		}
		let labels = given.map(word);
		let key = labels.join("\n");
		if (!all.has(key) && all.size >= mostSeries) {
			labels = labels.map(() => other);
			key = labels.join("\n");
		}
		let series = all.get(key);
		if (!series) {
			series = { labels, count: 0, sum: 0, within: [] };
			all.set(key, series);
		}
		return series;
	}
}

/** @param {unknown} value */
function word(value = "") {
	const text = String(value);
	return text === "" || /^[\w:.-]{1,64}$/.test(text) ? text : other;
}
