// A backend for one process: for tests, and for several clients in one program.

/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {{ entry?: import("./backend.js").Entry, lock: string, until: number }} Place */

/** @returns {Backend} */
export function memoryBackend() {
	/** @type {Map<string, Place>} */
	const places = new Map();
	/** @type {Set<(name?: string, version?: string) => void>} */
	const watchers = new Set();
	const now = () => performance.timeOrigin + performance.now();
	/** @param {string} name @returns {Place} */
	const at = (name) => places.get(name) ?? { lock: "", until: 0 };
	/** @param {string} name */
	const tell = (name) => {
		const version = at(name).entry?.version;
		for (const changed of watchers) {
			queueMicrotask(() => changed(name, version));
		}
	};
	return {
		async take(name, lock, ttlMs, first) {
			const place = at(name);
			const time = now();
			const taken = place.lock === lock || place.until <= time;
			const written = taken && first !== undefined && (place.entry?.version ?? "") === first.expected;
			const entry = written ? { version: first.version, value: first.value } : place.entry;
			if (taken) {
				places.set(name, { ...place, lock, until: time + ttlMs, entry });
			}
			return { now: time, taken, leftMs: at(name).until - time, written, entry: written ? undefined : place.entry };
		},
		async read(name) {
			return { now: now(), entry: at(name).entry };
		},
		async write(name, { value, version, expected, lock, free }) {
			const place = at(name);
			const time = now();
			const held = lock === "" || (place.lock === lock && place.until > time);
			if (!held || (place.entry?.version ?? "") !== expected) {
				return { now: time, written: false, held, entry: place.entry };
			}
			places.set(name, { ...place, ...(free && { lock: "", until: 0 }), entry: { version, value } });
			tell(name);
			return { now: time, written: true, held };
		},
		async free(name, lock) {
			const place = at(name);
			if (place.lock === lock) {
				places.set(name, { ...place, lock: "", until: 0 });
				tell(name);
			}
		},
		async watch(changed) {
			watchers.add(changed);
			return async () => void watchers.delete(changed);
		},
	};
}
