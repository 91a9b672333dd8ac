// What a client asks of a store, through which the clients of one application share their sessions. A store decides nothing: it
// keeps a state for each session, gives one lock for each, and tells of changes. `cctoken/store` has some.

/**
 * What a store has of a session.
 * @typedef {object} Kept
 * @property {string} version another one with every write
 * @property {string} state what was written, or "" where it cannot be read; it holds a token
 * @property {number} ageMs how long ago, in milliseconds, by the store's own clock: those of several machines differ
 */

/**
 * What a store answers to who takes a lock.
 * @typedef {object} Taken
 * @property {boolean} taken whether the lock is the asker's now
 * @property {number} leftMs for how long it is somebody's, in milliseconds
 * @property {boolean} written whether the state was written with it
 * @property {Kept | undefined} kept what it has of the session, if anything, where nothing was written
 */

/**
 * What a store answers to who writes.
 * @typedef {object} Written
 * @property {boolean} written false where another version is there than was expected, or the lock is not the writer's any more: then
 *   nothing was written
 * @property {boolean} held whether the lock was the writer's; true where none was named
 * @property {Kept | undefined} kept what is there, where nothing was written
 */

/**
 * What is to be written of a session.
 * @typedef {object} Write
 * @property {string} state as the core says it; it holds a token
 * @property {string} version of what is written: a text that was never used before
 * @property {string} expected the version that is to be replaced, or "" where there is to be none yet
 * @property {string} [lock] under which it is written
 * @property {boolean} [free] whether the lock is released with it
 */

/**
 * A store as `createClient` takes it. Every function may be rejected, and may take as long as it likes: nobody waits for it
 * longer than two seconds.
 * @typedef {object} Store
 * @property {(identity: string) => Promise<string>} name the name of a session: a keyed hash of its identity; or "" where the client is
 *   to keep the session to itself
 * @property {(name: string, lock: string, ttlMs: number, first?: Pick<Write, "state" | "version" | "expected">) => Promise<Taken>} take takes
 *   the lock where nobody has it, or has it for so long from now on where it is the asker's already. In the same step it writes
 *   a state, where it has got the lock and nobody has written since the expected version; else it reads. It need not write
 * @property {(name: string) => Promise<Kept | undefined>} read what it has of the session, if anything
 * @property {(name: string, write: Write) => Promise<Written>} write writes a state, where nobody else has since the expected version
 * @property {(name: string, lock: string) => Promise<void>} free releases the lock, where it is the asker's
 * @property {(changed: (name?: string, version?: string) => void, signal?: import("./platform.js").PlatformSignal, differ?: () => void) => Promise<() => Promise<void>>} watch calls changed after every
 *   write and release, by whomever, or without a name where some may have been missed; not after a take, as who wants the lock sees what it wrote. Calls differ where others use the store with other keys. What it returns ends that, and so does the signal, also while it is not in force yet
 * @property {() => Promise<void>} [sent] resolves when what was asked of it before will reach it though this process ends at once.
 *   A caller gets a token then, and where a store has no such function, when the token is written
 * @property {(name: string) => void} [leave] told that the client has let a session go that it had asked the name of: as often as it had.
 *   For a store that keeps something in the client
 */

/**
 * Tells that a client has lost sight of its store, or sees it again. While it does not, callers get their live tokens as
 * before, and what must be got is got within a share of each login budget. Or it tells, once, that others use the store
 * with other keys: they and this client do not share their sessions.
 * @typedef {object} StoreEvent
 * @property {"store_lost" | "store_back" | "store_keys_differ"} type what happened
 * @property {Date} at when, by this machine's clock
 * @property {unknown} [cause] what the store was rejected with, where it was lost
 */

export {};
