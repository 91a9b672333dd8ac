// Sessions that other clients have as well, in whatever processes. Before anything is sent for one of them its lock is
// taken, what the others know is adopted, and what is about to happen is stored. After every change of it that is stored, too.
// What any of it means, the core decides.
import { instant } from "./clock.js";
import { weakly } from "./dropped.js";
import { reach } from "./reach.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Kept} Kept */
/** @typedef {import("../module/wall.js").CoreClient} CoreClient */

/**
 * What it does with the core's answers, and whom it tells.
 * @typedef {object} Means
 * @property {Store} store
 * @property {import("./clock.js").Clock} clock
 * @property {((event: import("./store.js").StoreEvent) => void) | undefined} onStore
 * @property {<T extends import("../module/wall.js").Answer>(call: (core: CoreClient) => T) => Partial<T>} report has the core asked, and obeyed
 * @property {(session: number) => string} state what there is to be stored of a session, or ""
 */

/**
 * A session, and what is known of the store's part in it.
 * @typedef {object} Entry
 * @property {number} session
 * @property {string} identity what it is named by; "" where it is no one else's
 * @property {string} name its name in the store; "" as long as it has none
 * @property {Promise<void>} named
 * @property {string} version of the state that was last adopted or written; "" for none
 * @property {string} writing the version that is being written
 * @property {boolean} seen whether the store was asked at all
 * @property {number} adopted how often the core has learned something: what it was about to send is then to be decided anew
 * @property {string} lock that is this client's, or ""
 * @property {import("../module/wall.js").Instant} taken when it was asked for last
 * @property {(() => void) | undefined} renewal ends the renewals of the lock
 * @property {number} held how many exchanges wait for the others: their logins are noted, and not made
 * @property {number} under how many are under way
 * @property {boolean} done whether what the lock was taken for is over
 * @property {boolean} dirty whether there is something to be stored
 * @property {Promise<void> | undefined} storing
 * @property {Promise<unknown> | undefined} sent when what is being stored is on its way, where the store can tell
 * @property {Promise<void> | undefined} looking
 * @property {boolean} again whether it is to be looked at once more
 * @property {number} looked when, on the monotonic clock
 * @property {Set<() => void>} waiting for a change
 */

/** For how long a lock is taken, in milliseconds: so long a process that was killed holds up the others. */
const lockMs = 10_000;
/** For how long the store is waited for, in milliseconds. */
const limitMs = 2000;
/** In so many parts: a program that was busy itself, and could not see the answer, has lost one of them and not all. */
const parts = 4;
/** After how long a session in use is looked at even if nothing was told, in milliseconds. */
const lookMs = 5000;
/** After how long a store that was lost is tried again, and a lock that somebody has, in milliseconds. */
const againMs = 1000;
/** How many sessions are looked at at once when the store is back. */
const lookers = 16;

export class Shared {
	/** @type {Means} */ #means;
	/** By the core's number. @type {Map<number, Entry>} */ #entries = new Map();
	/** By the name in the store. @type {Map<string, Entry>} */ #named = new Map();
	/** @type {Promise<() => Promise<void>> | undefined} */ #watch;
	/** The session whose state is being adopted: what it says is no news to the store. */
	#adopting = 0;
	#lost = false;
	/** Whether it was told that others have other keys. */
	#differs = false;
	#closed = false;
	/** Aborted when nobody listens any more. @type {{ abort: () => void, signal: import("./platform.js").PlatformSignal }} */
	over = new AbortController();

	/** @param {Means} means */
	constructor(means) {
		this.#means = means;
	}

	/** @param {CoreClient} core that has just begun */
	begin(core) {
		if (this.#lost) {
			core.alone(true);
		}
	}

	/** The core is no more. */
	end() {
		for (const session of [...this.#entries.keys()]) {
			void this.evicted(session);
		}
	}

	/** Lets go of the store, once it has what was to be stored. */
	async close() {
		this.#closed = true;
		await Promise.all([...this.#entries.keys()].map((session) => this.evicted(session)));
		this.over.abort();
		this.#watch?.then((unwatch) => unwatch()).catch(() => {});
	}

	/**
	 * Has what the others know of a session known here as well, where that is to be had.
	 * @param {CoreClient} core
	 * @param {number} session
	 * @param {() => boolean} [look] whether to look, where nobody does yet
	 * @returns {Promise<void> | undefined} undefined where it is, or need not be
	 */
	known(core, session, look = () => true) {
		const entry = this.#entry(core, session);
		if (entry.seen || this.#lost) {
			return undefined;
		}
		return entry.looking ?? (look() ? this.#look(entry) : undefined);
	}

	/**
	 * Resolves when a request may be sent. Where the others know better, the core decides anew, and the exchange is over before.
	 * @param {CoreClient} core
	 * @param {number} session
	 * @param {number} exchange
	 * @param {number} limit for how long it may take, in milliseconds
	 * @param {import("./platform.js").PlatformSignal} signal aborted when the exchange is over
	 * @returns {Promise<() => void>} to be called when the request has ended
	 */
	async admit(core, session, exchange, limit, signal) {
		if (this.#lost) {
			return () => {};
		}
		const entry = this.#entry(core, session);
		const since = entry.adopted;
		entry.held++;
		try {
			await this.#admit(entry, since, exchange, Math.min(limitMs, limit / 4), signal);
		} finally {
			entry.held--;
			entry.under++;
		}
		return () => {
			entry.under--;
			this.#flush(entry);
		};
	}

	/**
	 * There is something to be stored.
	 * @param {CoreClient} core
	 * @param {number} session
	 * @param {boolean} [done] an acquisition is over
	 */
	changed(core, session, done = false) {
		const news = this.#adopting !== session;
		if (!news && !done) {
			return;
		}
		const entry = this.#entry(core, session);
		entry.dirty ||= news;
		entry.done ||= done;
		this.#flush(entry);
	}

	/**
	 * Resolves when what there was to be stored of a session is stored, or will be though this process ends at once, or the store has
	 * had its time.
	 * @param {number} session
	 * @returns {Promise<unknown> | undefined} undefined where there is nothing
	 */
	stored(session) {
		const entry = this.#entries.get(session);
		if (entry?.sent && !entry.dirty) {
			return entry.sent;
		}
		return entry?.storing?.then(() => this.stored(session)); // once more: something may have come while an earlier state was written
	}

	/**
	 * A session is in use. Once in a while it is looked at, as what the store tells may not have come.
	 * @param {CoreClient} core
	 * @param {number} session
	 */
	used(core, session) {
		const entry = this.#entry(core, session);
		if (!this.#lost && this.#means.clock.mono() - entry.looked >= lookMs) {
			void this.#look(entry);
		}
	}

	/** @param {number} session that the core has let go */
	async evicted(session) {
		const entry = this.#entries.get(session);
		if (entry === undefined) {
			return;
		}
		this.#entries.delete(session);
		if (this.#named.get(entry.name) === entry) {
			this.#named.delete(entry.name);
		}
		wake(entry);
		await entry.storing; // under the lock
		await this.#unlock(entry, true);
		this.#leave(entry.name);
	}

	/** @param {string} name */
	#leave(name) {
		if (name !== "") {
			this.#means.store.leave?.(name);
		}
	}

	/**
	 * @param {CoreClient} core
	 * @param {number} session
	 */
	#entry(core, session) {
		const known = this.#entries.get(session);
		if (known !== undefined) {
			return known;
		}
		/** @type {Entry} */
		const entry = {
			session,
			identity: core.name(session),
			name: "",
			named: Promise.resolve(),
			version: "",
			writing: "",
			seen: false,
			adopted: 0,
			lock: "",
			taken: instant(this.#means.clock),
			renewal: undefined,
			held: 0,
			under: 0,
			done: false,
			dirty: false,
			storing: undefined,
			sent: undefined,
			looking: undefined,
			again: false,
			looked: -Infinity,
			waiting: new Set(),
		};
		this.#entries.set(session, entry);
		if (entry.identity !== "") {
			entry.named = this.#naming(entry);
		}
		return entry;
	}

	/** @param {Entry} entry */
	async #naming(entry) {
		const name = await this.#ask(
			() => this.#means.store.name(entry.identity),
			limitMs,
			(late) => this.#leave(late),
		);
		if (name && this.#entries.get(entry.session) === entry) {
			entry.name = name;
			this.#named.set(name, entry);
			this.#watch ??= this.#listen();
		} else if (name) {
			this.#leave(name);
		}
	}

	#listen() {
		// A client that is dropped is not held by what its store tells.
		const watch = this.#means.store.watch(weakly(this, told), this.over.signal, weakly(this, differ));
		watch.catch((error) => {
			this.#watch = undefined;
			this.#lose(error);
		});
		return watch;
	}

	/**
	 * The store has told of a change.
	 * @param {string} [name] of what; nothing where some may have been missed
	 * @param {string} [version]
	 */
	told(name, version) {
		if (name === undefined) {
			void this.#lookAtAll();
			return;
		}
		const entry = this.#named.get(name);
		if (entry && version !== entry.version && version !== entry.writing) {
			void this.#look(entry);
		} else if (entry) {
			wake(entry);
		}
	}

	/**
	 * @param {Entry} entry
	 * @param {number} since
	 * @param {number} exchange
	 * @param {number} limit
	 * @param {import("./platform.js").PlatformSignal} signal
	 */
	async #admit(entry, since, exchange, limit, signal) {
		await entry.named;
		for (;;) {
			await entry.storing;
			if (signal.aborted || this.#entries.get(entry.session) !== entry) {
				return;
			}
			if (entry.adopted !== since) {
				this.#adopt(entry, undefined, exchange);
				return;
			}
			if (entry.name === "") {
				return;
			}
			if (entry.lock !== "") {
				entry.done = false;
				const answer = await this.#write(entry, false, limit);
				if (answer?.written) {
					if (this.#holds(entry)) {
						return;
					}
					await this.#unlock(entry, true);
					continue;
				}
				if (answer && !answer.held) {
					void this.#unlock(entry);
				}
				this.#note(entry, answer, exchange);
				continue;
			}
			entry.done = false;
			const answer = await this.#take(entry, limit);
			if (answer?.written) {
				if (this.#holds(entry)) {
					return;
				}
				await this.#unlock(entry, true);
				continue;
			}
			this.#note(entry, answer, exchange);
			if (answer && !answer.taken && !signal.aborted) {
				await this.#change(entry, Math.min(answer.leftMs, againMs), signal);
			}
		}
	}

	/**
	 * Takes note of what the store has answered.
	 * @param {Entry} entry
	 * @param {{ kept?: Kept } | undefined} answer
	 * @param {number} exchange that is held, or 0
	 */
	#note(entry, answer, exchange) {
		if (answer === undefined) {
			return;
		}
		entry.seen = true;
		const { version = "" } = answer.kept ?? {};
		if (version === entry.version) {
			return;
		}
		entry.version = version;
		if (answer.kept?.state === "") {
			this.differ();
		}
		if (answer.kept) {
			this.#adopt(entry, answer.kept, exchange);
		} else {
			entry.dirty = true; // the store has lost it
			this.#flush(entry);
		}
	}

	/**
	 * @param {Entry} entry
	 * @param {Kept | undefined} kept
	 * @param {number} exchange
	 */
	#adopt(entry, kept, exchange) {
		const { clock, report } = this.#means;
		entry.adopted++;
		this.#adopting = entry.session;
		try {
			const { more } = report((core) => core.adopt(entry.session, instant(clock), kept?.ageMs ?? 0, kept?.state ?? "", exchange));
			// What cannot be read is not written over for that alone: whoever wrote it may not be able to read the answer, either, and so for ever.
			entry.dirty ||= more === true && kept !== undefined && kept.state !== "";
		} finally {
			this.#adopting = 0;
		}
		this.#flush(entry);
	}

	/**
	 * Waits for a change of the session, or of its lock.
	 * @param {Entry} entry
	 * @param {number} ms
	 * @param {import("./platform.js").PlatformSignal} signal
	 */
	#change(entry, ms, signal) {
		return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
			const over = () => {
				stop();
				signal.removeEventListener("abort", over);
				entry.waiting.delete(over);
				resolve();
			};
			const stop = this.#means.clock.timer(over, ms);
			signal.addEventListener("abort", over);
			entry.waiting.add(over);
		});
	}

	/**
	 * Takes the lock, and stores in the same step what is about to happen, where nobody else has the lock or knows better.
	 * @param {Entry} entry
	 * @param {number} limit
	 */
	async #take(entry, limit) {
		const { store } = this.#means;
		const lock = crypto.randomUUID();
		const first = this.#draft(entry);
		const asked = instant(this.#means.clock);
		const answer = await this.#ask(
			() => store.take(entry.name, lock, lockMs, first),
			limit,
			({ taken }) => taken && void this.#free(entry.name, lock),
		);
		if (answer?.taken) {
			this.#locked(entry, lock, asked);
		}
		if (first && answer?.written) {
			this.#written(entry, first.version);
		}
		return answer;
	}

	/**
	 * @param {Entry} entry
	 * @param {string} lock
	 * @param {import("../module/wall.js").Instant} asked
	 */
	#locked(entry, lock, asked) {
		if (this.#entries.get(entry.session) !== entry || this.#lost) {
			void this.#free(entry.name, lock);
			return;
		}
		entry.lock = lock;
		entry.taken = asked;
		const renew = () => {
			entry.renewal = this.#means.clock.timer(
				async () => {
					if (!this.#holds(entry)) {
						void this.#unlock(entry, true); // taken anew, it would be no renewal: others may have had it in between
						return;
					}
					const again = instant(this.#means.clock);
					const answer = await this.#ask(() => this.#means.store.take(entry.name, lock, lockMs), limitMs);
					if (entry.lock === lock && answer?.taken) {
						entry.taken = again;
						renew();
					} else if (entry.lock === lock) {
						void this.#unlock(entry);
					} else if (answer?.taken) {
						void this.#free(entry.name, lock); // it was released meanwhile
					}
				},
				lockMs / 3,
				true,
			);
		};
		renew();
	}

	/**
	 * Whether the lock is this client's for sure: it is not where the store was lost at this very moment, nor where the program, or
	 * its machine, has stood still for so long that it may be somebody else's by now.
	 * @param {Entry} entry
	 */
	#holds({ lock, taken }) {
		const { wall, mono } = instant(this.#means.clock);
		return lock !== "" && wall - taken.wall < lockMs && mono - taken.mono < lockMs;
	}

	/**
	 * @param {Entry} entry
	 * @param {boolean} [free] whether the store is told
	 */
	async #unlock(entry, free = false) {
		const { lock } = entry;
		entry.lock = "";
		entry.renewal?.();
		entry.renewal = undefined;
		if (free && lock !== "" && !this.#lost) {
			await this.#free(entry.name, lock);
		}
	}

	/**
	 * @param {string} name
	 * @param {string} lock
	 */
	#free(name, lock) {
		return this.#ask(() => this.#means.store.free(name, lock), limitMs);
	}

	/**
	 * Stores what is to be stored, and releases the lock where it is not needed any more. Not while a request waits for the
	 * others: its login is not made yet.
	 * @param {Entry} entry
	 */
	#flush(entry) {
		if (
			entry.storing ||
			entry.held > 0 ||
			this.#lost ||
			!(entry.dirty || this.#idle(entry)) ||
			this.#entries.get(entry.session) !== entry
		) {
			return;
		}
		entry.storing = this.#store(entry).then(() => {
			entry.storing = entry.sent = undefined;
			this.#flush(entry);
		});
	}

	/** @param {Entry} entry */
	#idle(entry) {
		return entry.lock !== "" && entry.done && entry.held === 0 && entry.under === 0;
	}

	/** @param {Entry} entry */
	async #store(entry) {
		if (entry.name === "") {
			await entry.named;
		}
		if (entry.name === "") {
			entry.dirty = entry.done = false;
			return;
		}
		if (entry.held > 0) {
			return; // a login was noted meanwhile that may not be made
		}
		const free = this.#idle(entry);
		if (!entry.dirty) {
			await this.#unlock(entry, free);
			return;
		}
		entry.dirty = false;
		const writing = this.#write(entry, free, limitMs);
		entry.sent = this.#sent(writing);
		const answer = await writing;
		if (answer?.written) {
			if (free) {
				void this.#unlock(entry);
			}
			return;
		}
		entry.dirty = true;
		if (answer && !answer.held) {
			void this.#unlock(entry);
		}
		this.#note(entry, answer, 0);
	}

	/**
	 * When what is being written is on its way, where the store can tell.
	 * @param {Promise<unknown>} writing
	 * @returns {Promise<unknown> | undefined}
	 */
	#sent(writing) {
		const { store } = this.#means;
		return store.sent && Promise.race([writing, (async () => store.sent?.())().catch(() => writing)]);
	}

	/**
	 * @param {Entry} entry
	 * @param {boolean} free
	 * @param {number} limit
	 * @returns {Promise<import("./store.js").Written | undefined>}
	 */
	async #write(entry, free, limit) {
		const draft = this.#draft(entry);
		if (draft === undefined) {
			return { written: true, held: true, kept: undefined }; // it is gone, and so is the entry
		}
		const lock = entry.lock === "" ? {} : { lock: entry.lock, free };
		const answer = await this.#ask(() => this.#means.store.write(entry.name, { ...draft, ...lock }), limit);
		if (answer?.written) {
			this.#written(entry, draft.version);
		}
		return answer;
	}

	/**
	 * What there is to be written of a session, where it is not gone.
	 * @param {Entry} entry
	 */
	#draft(entry) {
		const state = this.#means.state(entry.session);
		if (state === "") {
			return undefined;
		}
		const version = crypto.randomUUID();
		entry.writing = version;
		return { state, version, expected: entry.version };
	}

	/**
	 * @param {Entry} entry
	 * @param {string} version
	 */
	#written(entry, version) {
		entry.version = version;
		entry.seen = true;
	}

	/**
	 * Sees what the others know of a session.
	 * @param {Entry} entry
	 */
	#look(entry) {
		entry.again = true;
		return (entry.looking ??= this.#read(entry).finally(() => (entry.looking = undefined)));
	}

	/** @param {Entry} entry */
	async #read(entry) {
		await entry.named;
		while (entry.again && entry.name !== "" && !this.#lost) {
			entry.again = false;
			entry.looked = this.#means.clock.mono();
			const { version } = entry;
			const answer = await this.#ask(async () => ({ kept: await this.#means.store.read(entry.name) }), limitMs);
			if (entry.version === version) {
				this.#note(entry, answer, 0);
			} else {
				entry.again = true; // something was written, or adopted, meanwhile
			}
		}
		entry.seen ||= entry.name === "";
		wake(entry);
	}

	/**
	 * Asks the store something, for a bounded time.
	 * @template T
	 * @param {() => Promise<T>} call
	 * @param {number} limit in milliseconds
	 * @param {(answer: T) => void} [late] told of what comes afterwards
	 * @returns {Promise<T | undefined>} undefined where the store is lost
	 */
	#ask(call, limit, late = () => {}) {
		return new Promise((resolve) => {
			let over = false;
			/** @param {unknown} cause */
			const lose = (cause) => {
				over = true;
				stop();
				this.#lose(cause);
				resolve(undefined);
			};
			let left = parts;
			/** @type {() => void} */
			let stop = () => {};
			const wait = () => {
				stop = this.#means.clock.timer(
					() => (--left === 0 ? lose(new Error(`no answer within ${limit} milliseconds`)) : wait()),
					limit / parts,
				);
			};
			wait();
			const asked = (async () => call())(); // what it throws at once is an answer as well
			asked.then((answer) => {
				if (over) {
					late(answer);
					return;
				}
				stop();
				resolve(answer);
			}, lose);
		});
	}

	/**
	 * The store is out of sight.
	 * @param {unknown} cause
	 */
	#lose(cause) {
		if (this.#lost || this.#closed) {
			return;
		}
		this.#lost = true;
		this.#means.report((core) => core.alone(true));
		for (const entry of this.#entries.values()) {
			void this.#unlock(entry);
			entry.adopted++; // what was to be sent is to be decided anew
			wake(entry);
		}
		this.#tell({ type: "store_lost", at: new Date(this.#means.clock.wall()), cause });
		this.#probe();
	}

	#probe() {
		this.#means.clock.timer(
			() => {
				if (this.#closed) {
					return;
				}
				let over = false;
				const next = () => {
					if (!over) {
						over = true;
						this.#probe();
					}
				};
				const stop = this.#means.clock.timer(next, limitMs, true);
				this.#reach().then(() => {
					stop();
					if (!over) {
						over = true;
						this.#find();
					}
				}, next);
			},
			againMs,
			true,
		);
	}

	/** Whether it can be asked, written to, and listened to: one that is full can be read all the time. */
	async #reach() {
		await reach(this.#means.store);
		await (this.#watch ??= this.#listen());
	}

	/** The store is there again. */
	#find() {
		if (this.#closed) {
			return;
		}
		this.#lost = false;
		this.#means.report((core) => core.alone(false));
		this.#tell({ type: "store_back", at: new Date(this.#means.clock.wall()) });
		for (const entry of this.#entries.values()) {
			entry.dirty = true;
			if (entry.name === "" && entry.identity !== "") {
				entry.named = this.#naming(entry); // it was lost before it had told the name
			}
		}
		void this.#lookAtAll();
	}

	async #lookAtAll() {
		const entries = this.#entries.values();
		const look = async () => {
			for (const entry of entries) {
				if (this.#lost) {
					return;
				}
				await this.#look(entry);
				this.#flush(entry);
			}
		};
		await Promise.all(Array.from({ length: lookers }, look));
	}

	/** Others have other keys. */
	differ() {
		if (!this.#differs && !this.#closed) {
			this.#differs = true;
			this.#tell({ type: "store_keys_differ", at: new Date(this.#means.clock.wall()) });
		}
	}

	/** @param {import("./store.js").StoreEvent} event */
	#tell(event) {
		try {
			this.#means.onStore?.(event);
		} catch (error) {
			// The watcher's own fault must not stop what goes on, nor stay unseen.
			queueMicrotask(() => {
				throw error;
			});
		}
	}
}

/**
 * @param {Shared} shared
 * @param {string} [name]
 * @param {string} [version]
 */
const told = (shared, name, version) => shared.told(name, version);

/** @param {Shared} shared */
const differ = (shared) => shared.differ();

/** @param {Entry} entry */
function wake(entry) {
	for (const over of [...entry.waiting]) {
		over();
	}
}
