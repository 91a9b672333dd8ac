// The store of the pages of one browser. What it keeps is in the memory of the pages that have the session, and goes with the last
// of them. Which version of a state is the newest, and who has the session's lock, stands in the names of Web Locks: so all pages see the
// same, and a page that is gone has none. What a version says comes over a BroadcastChannel, sealed (page-key.js).
import { instant } from "./clock.js";
import { hold, locks } from "./locks.js";
import { open, pageKey, seal } from "./page-key.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Kept} Kept */

/** A version of a state: they are numbered, and it takes two pages at odds for two of one number. @typedef {{ number: number, id: string }} Version */
/**
 * What a page has of a version: the state, how old it was, in milliseconds, and since when it is here.
 * @typedef {Version & { state: string, ageMs: number, since: import("../module/wall.js").Instant, release: () => void }} Content
 */
/** A lock of a session, as its name says: it is another one each time that it is taken for longer. @typedef {{ number: number, id: string, ttlMs: number }} Lease */
/**
 * What all pages see of a session.
 * @typedef {object} Seen
 * @property {Version | undefined} newest
 * @property {string[]} pages those that have it
 * @property {number} last number of a version that anybody has
 * @property {Lease & { leftMs: number } | undefined} lease
 */
/**
 * A session, as this page has it.
 * @typedef {object} Place
 * @property {string} name
 * @property {object} key
 * @property {number} users how many have asked for its name, and not left
 * @property {Content | undefined} content
 * @property {(Lease & { release: () => void }) | undefined} lease its lock, where that is this page's
 * @property {{ lease: Lease, mono: number } | undefined} first since when the lock has its name
 * @property {string} awaited the lock whose end is waited for
 * @property {Set<string>} lost versions that nobody can tell any more
 * @property {Set<() => void>} waiting for a content
 */
/**
 * What a step changes, and what it answers.
 * @template Answer
 * @typedef {{ answer: Answer, take?: Pick<Lease, "id" | "ttlMs"> | false, write: { id: string, state: string } | false, free?: boolean }} Decided
 */

/** For how long another page's step is waited for, in milliseconds: it takes less than one, where the page does not hang. */
const stepMs = 700;
/** For how long one page is waited for to tell what it has, and then any of them, in milliseconds. */
const replyMs = 600;

/** Systems whose sessions the pages share in another way: by what an edge answers (tabs.js), as users' authorizations differ. */
const elsewhere = ["edge", "authorization"];

/** @implements {Store} */
export class Pages {
	/** @type {import("./clock.js").Clock} */ #clock;
	/** @type {string} */ #prefix;
	#page = crypto.randomUUID();
	/** @type {any} */ #channel;
	/** By name. @type {Map<string, Place>} */ #places = new Map();
	/** @type {Set<(name?: string, version?: string) => void>} */ #watchers = new Set();
	/** Aborted when nobody watches any more. */
	#over = new AbortController();
	/** @type {Promise<boolean> | undefined} */ #usable;

	/**
	 * @param {import("./clock.js").Clock} clock
	 * @param {string} version of the package: pages with another one are not understood
	 */
	constructor(clock, version) {
		this.#clock = clock;
		this.#prefix = `cctoken ${version}`;
	}

	/**
	 * @param {string} identity
	 * @returns {Promise<string>} "" where it cannot be shared, or is in another way
	 */
	async name(identity) {
		this.#usable ??= locks()
			.query()
			.then(
				() => true,
				() => false, // an opaque origin, or one that may keep nothing
			);
		if (!(await this.#usable) || identity === "" || elsewhere.includes(JSON.parse(identity)[0])) {
			return "";
		}
		const { name, key } = await pageKey(identity);
		const place = this.#places.get(name) ?? {
			name,
			key,
			users: 0,
			content: undefined,
			lease: undefined,
			first: undefined,
			awaited: "",
			lost: new Set(),
			waiting: new Set(),
		};
		place.users++;
		this.#places.set(name, place);
		return name;
	}

	/**
	 * @param {string} name
	 * @param {string} lock
	 * @param {number} ttlMs
	 * @param {Pick<import("./store.js").Write, "state" | "version" | "expected">} [first]
	 * @returns {Promise<import("./store.js").Taken>}
	 */
	async take(name, lock, ttlMs, first) {
		const answer = await this.#step(name, ({ newest, lease }) => {
			const taken = lease === undefined || lease.id === lock || lease.leftMs === 0;
			const write = taken && first?.expected === (newest?.id ?? "") && { id: first.version, state: first.state };
			return {
				answer: { taken, leftMs: taken ? ttlMs : /** @type {any} */ (lease).leftMs, written: Boolean(write) },
				take: taken && { id: lock, ttlMs },
				write,
			};
		});
		if (answer === undefined) {
			return { taken: false, leftMs: ttlMs, written: false, kept: undefined };
		}
		return { ...answer, kept: answer.written ? undefined : await this.read(name) };
	}

	/**
	 * @param {string} name
	 * @returns {Promise<Kept | undefined>}
	 */
	async read(name) {
		for (;;) {
			const { newest, pages } = await this.#see(name);
			const place = this.#places.get(name);
			if (!place || !newest) {
				return undefined;
			}
			const content = this.#has(place, newest) ?? (await this.#want(place, newest, pages));
			if (content) {
				const { id: version, state } = content;
				return { version, state, ageMs: Math.ceil(this.#age(content)) };
			}
			place.lost.add(newest.id);
		}
	}

	/**
	 * @param {string} name
	 * @param {import("./store.js").Write} write
	 * @returns {Promise<import("./store.js").Written>}
	 */
	async write(name, { state, version, expected, lock = "", free = false }) {
		const answer = await this.#step(name, ({ newest, lease }) => {
			const held = lock === "" || lease?.id === lock;
			const written = held && expected === (newest?.id ?? "");
			return { answer: { written, held }, write: written && { id: version, state }, free: written && free };
		});
		if (answer === undefined) {
			return { written: false, held: true, kept: undefined };
		}
		return { ...answer, kept: answer.written ? undefined : await this.read(name) };
	}

	/**
	 * @param {string} name
	 * @param {string} lock
	 */
	async free(name, lock) {
		const place = this.#places.get(name);
		if (place?.lease?.id === lock) {
			this.#free(place);
			const version = place.content?.id;
			this.#channel?.postMessage({ name, version });
			this.#tell(name, version);
		}
	}

	/**
	 * @param {(name?: string, version?: string) => void} changed
	 * @param {import("./platform.js").PlatformSignal} [signal]
	 */
	async watch(changed, signal) {
		this.#watchers.add(changed);
		if (!this.#channel) {
			this.#channel = new BroadcastChannel(this.#prefix);
			this.#channel.onmessage = (/** @type {{ data: any }} */ { data }) => void this.#hear(data);
		}
		const end = async () => {
			this.#watchers.delete(changed);
			if (this.#watchers.size === 0) {
				this.#close();
			}
		};
		signal?.addEventListener("abort", end, { once: true });
		return end;
	}

	/** @param {string} name of a session that somebody here has let go */
	leave(name) {
		const place = this.#places.get(name);
		if (place && --place.users === 0) {
			this.#drop(place);
		}
	}

	#close() {
		this.#channel?.close();
		this.#channel = undefined;
		this.#over.abort();
		this.#over = new AbortController();
		for (const place of this.#places.values()) {
			this.#drop(place);
		}
	}

	/** @param {Place} place */
	#drop(place) {
		this.#places.delete(place.name);
		place.content?.release();
		place.content = undefined;
		this.#free(place);
	}

	/** @param {Place} place */
	#free(place) {
		place.lease?.release();
		place.lease = undefined;
	}

	/**
	 * What all pages see of a session, by who holds what.
	 * @param {string} name
	 * @returns {Promise<Seen>}
	 */
	async #see(name) {
		const { held = [] } = await locks().query();
		const place = this.#places.get(name);
		const prefix = `${this.#prefix} ${name} `;
		/** @type {Seen} */
		const seen = { newest: undefined, pages: [], last: 0, lease: undefined };
		/** @type {Lease | undefined} */
		let lease;
		for (const { name: of, mode } of held) {
			if (!of.startsWith(prefix)) {
				continue;
			}
			const [kind, number, id, more] = of.slice(prefix.length).split(" ");
			const at = { number: Number(number), id };
			if (kind === "has") {
				seen.last = Math.max(seen.last, at.number);
				if (!place?.lost.has(id) && isLater(at, seen.newest)) {
					seen.newest = at;
					seen.pages = [];
				}
				if (id === seen.newest?.id) {
					seen.pages.push(more);
				}
			} else if (kind === "lock" && mode === "exclusive" && isLater(at, lease)) {
				lease = { ...at, ttlMs: Number(more) };
			}
		}
		if (place && lease) {
			const now = this.#clock.mono();
			if (place.first?.lease.id !== lease.id || place.first.lease.number !== lease.number) {
				place.first = { lease, mono: now };
			}
			// By this page's own clock: no two have the same one all the time.
			seen.lease = { ...lease, leftMs: Math.max(0, lease.ttlMs - (now - place.first.mono)) };
		}
		return seen;
	}

	/**
	 * Does something to a session while no other page does.
	 * @template Answer
	 * @param {string} name
	 * @param {(seen: Seen) => Decided<Answer>} decide
	 * @returns {Promise<Answer | undefined>} undefined where this page has left it
	 */
	async #step(name, decide) {
		const since = instant(this.#clock); // what is to be written is so now, and not when its turn has come
		for (let steal = false; ;) {
			let begun = false;
			const turn = { since, over: false };
			const wait = new AbortController();
			const stop = this.#clock.timer(() => wait.abort(), stepMs);
			try {
				// A page that hangs in the middle of a step is passed over.
				const decided = await locks().request(`${this.#prefix} ${name} step`, steal ? { steal } : { signal: wait.signal }, () => {
					begun = true;
					stop();
					return this.#turn(name, decide, turn);
				});
				if (decided?.write) {
					await this.#say(name);
					this.#tell(name, decided.write.id);
				}
				return decided?.answer;
			} catch (error) {
				if (/** @type {any} */ (error)?.name !== "AbortError") {
					throw error;
				}
				steal = !begun;
				turn.over = true; // where it had begun, this page was the one that hung, and another has gone on
			} finally {
				stop();
			}
		}
	}

	/**
	 * @template Answer
	 * @param {string} name
	 * @param {(seen: Seen) => Decided<Answer>} decide
	 * @param {{ since: import("../module/wall.js").Instant, over: boolean }} turn
	 * @returns {Promise<Decided<Answer> | undefined>}
	 */
	async #turn(name, decide, turn) {
		const seen = await this.#see(name);
		const place = this.#places.get(name);
		if (!place) {
			return undefined;
		}
		const decided = decide(seen);
		const { take, write, free } = decided;
		const lease = take && { ...take, number: (seen.lease?.number ?? 0) + 1 };
		const content = write && { ...write, number: seen.last + 1, ageMs: 0, since: turn.since, release: () => {} };
		const [locked, kept] = await Promise.all([lease && hold(this.#lockName(name, lease)), content && this.#keeps(name, content)]);
		if (turn.over || this.#places.get(name) !== place) {
			locked && locked();
			kept && kept();
			return undefined;
		}
		if (free || lease || (place.lease && place.lease.id !== seen.lease?.id)) {
			this.#free(place); // the former one, or what another page has passed over
		}
		if (lease && locked) {
			place.lease = { ...lease, release: locked };
		}
		if (content && kept) {
			this.#keep(place, { ...content, release: kept });
		}
		if (take === false && seen.lease) {
			this.#await(place, this.#lockName(name, seen.lease));
		}
		return decided;
	}

	/** @param {string} name @param {Lease} lease */
	#lockName = (name, { number, id, ttlMs }) => `${this.#prefix} ${name} lock ${number} ${id} ${ttlMs}`;

	/** Shows that this page has a version. @param {string} name @param {Version} version */
	#keeps = (name, { number, id }) => hold(`${this.#prefix} ${name} has ${number} ${id} ${this.#page}`);

	/**
	 * Tells the watchers when another page's lock is released: so they know of a page that was closed, too.
	 * @param {Place} place
	 * @param {string} lock
	 */
	#await(place, lock) {
		if (place.awaited === lock) {
			return;
		}
		place.awaited = lock;
		locks()
			.request(lock, { mode: "shared", signal: this.#over.signal }, () => {})
			.then(
				() => this.#tell(place.name, place.content?.id),
				() => {}, // nobody watches any more
			);
	}

	/**
	 * @param {Place} place
	 * @param {Content} content
	 */
	#keep(place, content) {
		place.content?.release();
		place.content = content;
		place.lost.clear();
		for (const over of [...place.waiting]) {
			over();
		}
	}

	/** Tells the other pages what this one has. @param {string} name */
	async #say(name) {
		const { key, content } = this.#places.get(name) ?? {};
		if (key && content) {
			const { number, id, state } = content;
			const box = await seal(key, { number, id, state, ageMs: this.#age(content), wall: this.#clock.wall() });
			this.#channel?.postMessage({ name, version: id, box });
		}
	}

	/**
	 * Hears what another page says, or what any script of the origin does.
	 * @param {any} data
	 */
	async #hear(data) {
		if (typeof data?.name !== "string") {
			return;
		}
		const { name, version, box, want, page } = data;
		const place = this.#places.get(name);
		if (want !== undefined) {
			if (place?.content?.id === want && (page === undefined || page === this.#page)) {
				await this.#say(name);
			}
			return;
		}
		const said = place && box && (await open(place.key, box));
		if (said) {
			this.#learn(place, said);
		}
		this.#tell(name, typeof version === "string" ? version : undefined);
	}

	/**
	 * @param {Place} place
	 * @param {{ number: number, id: string, state: string, ageMs: number, wall: number }} said
	 */
	#learn(place, { number, id, state, ageMs, wall }) {
		if (!isLater({ number, id }, place.content)) {
			return;
		}
		// The time of day is the same for all pages at any moment, which their other clocks are not: they stand still while a machine sleeps.
		const since = instant(this.#clock);
		const content = { number, id, state, ageMs: ageMs + Math.max(0, since.wall - wall), since, release: () => {} };
		this.#keep(place, content);
		this.#keeps(place.name, content).then(
			(release) => {
				if (place.content === content) {
					content.release = release;
				} else {
					release();
				}
			},
			() => {}, // then the others do not know that it is here
		);
	}

	/**
	 * @param {Place} place
	 * @param {Version} newest
	 */
	#has({ content }, newest) {
		return content && !isLater(newest, content) ? content : undefined;
	}

	/**
	 * Asks the other pages for what they have: one of them, and all where that does not answer.
	 * @param {Place} place
	 * @param {Version} newest
	 * @param {string[]} pages
	 * @returns {Promise<Content | undefined>}
	 */
	async #want(place, newest, pages) {
		for (const page of [pages[Math.floor(Math.random() * pages.length)], undefined]) {
			await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
				const over = () => {
					stop();
					place.waiting.delete(over);
					resolve();
				};
				const stop = this.#clock.timer(over, replyMs);
				place.waiting.add(over);
				this.#channel?.postMessage({ name: place.name, want: newest.id, page });
			});
			const content = this.#has(place, newest);
			if (content) {
				return content;
			}
		}
		return undefined;
	}

	/** @param {Content} content @returns {number} in milliseconds */
	#age({ ageMs, since }) {
		const now = instant(this.#clock);
		return ageMs + Math.max(0, now.wall - since.wall, now.mono - since.mono);
	}

	/**
	 * @param {string} name
	 * @param {string | undefined} version
	 */
	#tell(name, version) {
		for (const changed of this.#watchers) {
			changed(name, version);
		}
	}
}

/**
 * @param {Version} version
 * @param {Version | undefined} other
 */
const isLater = ({ number, id }, other) => other === undefined || number > other.number || (number === other.number && id > other.id);

/**
 * Where the platform has what it takes: pages on plain http have not.
 * @param {import("./clock.js").Clock} clock
 * @param {string} version of the package
 * @returns {Store | undefined}
 */
export function pages(clock, version) {
	const { crypto, BroadcastChannel } = /** @type {any} */ (globalThis);
	return locks() && crypto?.subtle && BroadcastChannel ? new Pages(clock, version) : undefined;
}
