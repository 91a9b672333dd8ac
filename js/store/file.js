// A backend in a folder, for the processes of one machine. What is kept under a name is a file `name.number`, whose number
// grows by one with each change: a link makes it there, whole, or fails where somebody else was first. So there is no lock
// file that a process could leave behind, and nothing is ever seen half written.
import { watch } from "node:fs";
import { link, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { codeOf, make } from "./folder.js";

/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./backend.js").Entry} Entry */

/** What stands in a file; the lock is held from an instant until another, in milliseconds. @typedef {{ entry?: Entry, lock: string, from: number, until: number }} Place */

/** So many former files of a name are left: who reads the folder while it changes sees one of them. */
const formerFiles = 4;
/** What nobody has touched for so long is removed, in milliseconds. */
const keptMs = 30 * 86_400_000;
/** What was to become a file, and has not by then, never will; milliseconds. */
const halfMs = 60_000;

/** Names are spread over folders by their first letter, so that none becomes long to read. */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * @param {string} folder made where it is not there
 * @returns {Backend}
 */
export function fileBackend(folder) {
	/** Of the folders below, those that are there. @type {Map<string, Promise<void>>} */
	const made = new Map();

	/** Folders that somebody has removed. @type {Set<string>} */
	const removed = new Set();
	/** Told of one that is there again. @type {Set<(path: string) => void>} */
	const remade = new Set();
	/** @param {string} path */
	const gone = (path) => {
		made.delete(path);
		removed.add(path);
	};

	/**
	 * The folder of a name.
	 * @param {string} name
	 */
	async function under(name) {
		const path = join(folder, name.slice(0, 1));
		let making = made.get(path);
		if (making === undefined) {
			making = prepare(path);
			making.catch(() => made.delete(path));
			made.set(path, making);
		}
		await making;
		return path;
	}

	/**
	 * Changes what is kept under a name. A step that has been taken already changes nothing: it may be asked for once more.
	 * @template T
	 * @param {string} name
	 * @param {(place: Place, now: number) => { answer: T, next?: Place }} step
	 * @returns {Promise<T>}
	 */
	async function change(name, step) {
		for (let again = false; ; again = true) {
			const path = await under(name);
			try {
				if (removed.delete(path)) {
					remade.forEach((one) => one(path));
				}
				for (;;) {
					const { number, place } = await latest(path, name);
					const { answer, next } = step(place, Date.now());
					if (next === undefined || (await follow(path, name, number, next))) {
						return answer;
					}
				}
			} catch (error) {
				if (codeOf(error) !== "ENOENT" || again) {
					throw error;
				}
				gone(path); // it is made once more, and empty
			}
		}
	}

	return {
		take: (name, lock, ttlMs, first) =>
			change(name, (place, now) => {
				const taken = place.lock === lock || !locked(place, now);
				const until = taken ? now + ttlMs : place.until;
				const is = place.entry?.version ?? "";
				const written = taken && first !== undefined && (is === first.expected || is === first.version);
				const answer = { now, taken, leftMs: until - now, written, entry: written ? undefined : place.entry };
				const entry = written ? { version: first.version, value: first.value } : place.entry;
				return taken ? { answer, next: { entry, lock, from: now, until } } : { answer };
			}),
		read: (name) => change(name, ({ entry }, now) => ({ answer: { now, entry } })),
		write: (name, { value, version, expected, lock, free }) =>
			change(name, (place, now) => {
				/** @type {(written: boolean, held: boolean) => import("./backend.js").WriteAnswer} */
				const answered = (written, held) => ({ now, written, held, entry: written ? undefined : place.entry });
				if (place.entry?.version === version) {
					return { answer: answered(true, true) };
				}
				const held = lock === "" || (place.lock === lock && locked(place, now));
				if (!held || (place.entry?.version ?? "") !== expected) {
					return { answer: answered(false, held) };
				}
				const next = { ...(free ? unlocked : place), entry: { version, value } };
				return { answer: answered(true, true), next };
			}),
		free: (name, lock) => change(name, (place) => ({ answer: undefined, ...(place.lock === lock && { next: { ...place, ...unlocked } }) })),
		async watch(changed) {
			/** @type {Map<string, import("node:fs").FSWatcher>} */
			const watchers = new Map();
			/** @param {string} path */
			const listen = (path) => {
				watchers.get(path)?.close(); // it was of a folder that is gone
				const watcher = watch(path, { persistent: false }, (_, file) => {
					if (file === basename(path)) {
						gone(path); // it is the folder itself, which another process may make anew
						changed();
					}
					const [name = "", number] = file?.split(".") ?? [];
					if (name !== "new" && number !== undefined) {
						changed(name);
					}
				});
				watcher.on("error", () => changed());
				watchers.set(path, watcher);
			};
			/** @param {string} path */
			const again = (path) => {
				listen(path);
				changed(); // all that was in it is gone
			};
			await Promise.all(Array.from(letters, async (letter) => listen(await under(letter))));
			remade.add(again);
			return async () => {
				remade.delete(again);
				watchers.forEach((watcher) => watcher.close());
			};
		},
	};
}

const unlocked = { lock: "", from: 0, until: 0 };

/**
 * Whether the lock is held. A clock that was set back ends it as well.
 * @param {Place} place
 * @param {number} now
 */
const locked = ({ from, until }, now) => from <= now && now < until;

/**
 * Makes a folder, and removes from it what is of no use to anybody any more.
 * @param {string} path
 */
async function prepare(path) {
	make(path);
	for (const file of await readdir(path)) {
		const at = join(path, file);
		const { mtimeMs = Infinity } = (await stat(at).catch(() => undefined)) ?? {};
		if (Date.now() - mtimeMs > (file.startsWith("new.") ? halfMs : keptMs)) {
			await rm(at, { force: true });
		}
	}
}

/**
 * The numbers that a name has files of.
 * @param {string} path
 * @param {string} name
 */
async function numbersOf(path, name) {
	const files = await readdir(path);
	return files.filter((file) => file.startsWith(`${name}.`)).map((file) => Number(file.slice(name.length + 1)));
}

/**
 * What is kept under a name, and the number of its file; 0 where there is none.
 * @param {string} path
 * @param {string} name
 * @returns {Promise<{ number: number, place: Place }>}
 */
async function latest(path, name) {
	for (;;) {
		const number = Math.max(0, ...(await numbersOf(path, name)));
		try {
			return { number, place: number === 0 ? unlocked : placeOf(await readFile(join(path, `${name}.${number}`), "utf8")) };
		} catch (error) {
			if (codeOf(error) !== "ENOENT") {
				throw error;
			}
			// It was replaced, and removed, meanwhile.
		}
	}
}

/**
 * Puts the next file behind one.
 * @param {string} path
 * @param {string} name
 * @param {number} number
 * @param {Place} next
 * @returns {Promise<boolean>} false where somebody else was first, or it cannot be told who was
 */
async function follow(path, name, number, next) {
	const half = join(path, `new.${crypto.randomUUID()}`);
	try {
		await writeFile(half, JSON.stringify(next), { mode: 0o600, flag: "wx" });
		await link(half, join(path, `${name}.${number + 1}`));
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			return false;
		}
		throw error;
	} finally {
		await rm(half, { force: true });
	}
	const numbers = await numbersOf(path, name);
	if (numbers.some((other) => other > number + 1)) {
		// It was replaced already; or this process was so slow that others had made, replaced and removed a file of this number.
		return false;
	}
	const former = numbers.filter((other) => other <= number + 1 - formerFiles);
	await Promise.all(former.map((other) => rm(join(path, `${name}.${other}`), { force: true })));
	return true;
}

/**
 * What stands in a file. A machine that lost its power may have left one that holds nothing.
 * @param {string} text
 * @returns {Place}
 */
function placeOf(text) {
	try {
		return JSON.parse(text);
	} catch {
		return unlocked;
	}
}
