// What a store is made over: something that keeps texts under names, one by one, in one step each.

/**
 * What is kept under a name: a text that means nothing to whoever keeps it.
 * @typedef {object} Entry
 * @property {string} version another one with every write; its writer's choice
 * @property {string} value the text
 */

/**
 * What `read` answers; and every other answer says as much.
 * @typedef {object} ReadAnswer
 * @property {number} now the backend's own time of day, in milliseconds: one clock for all who use it, and no client's
 * @property {Entry | undefined} [entry] what is kept, if anything
 */

/**
 * What `take` answers.
 * @typedef {object} TakeAnswer
 * @property {number} now as in ReadAnswer
 * @property {Entry | undefined} [entry] what is kept, if anything, where nothing was written
 * @property {boolean} taken whether the lock is the asker's now
 * @property {number} leftMs for how long it is held from now on, by whomever, in milliseconds
 * @property {boolean} written whether a value was written with it
 */

/**
 * What is to be written where a lock is got.
 * @typedef {object} FirstWrite
 * @property {string} value what is to be kept
 * @property {string} version of the value
 * @property {string} expected the version that is there now; "" where there is none
 */

/**
 * What `write` answers.
 * @typedef {object} WriteAnswer
 * @property {number} now as in ReadAnswer
 * @property {Entry | undefined} [entry] what is kept, where the value was not written
 * @property {boolean} written whether it was
 * @property {boolean} held whether the lock was held under the text that was named; true where none was
 */

/**
 * What `write` is told.
 * @typedef {object} WriteRequest
 * @property {string} value what is to be kept
 * @property {string} version of the value
 * @property {string} expected the version that is there now; "" where there is none
 * @property {string} lock that must be held under this text; "" where none need be
 * @property {boolean} free whether the lock is released with it
 */

/**
 * A backend of a store. Names have 43 letters, digits, `-` and `_`; versions and locks up to 64 of these; values up to 100 kB, as base64url.
 * Each call is one step: what two callers do at once is done one after the other. A call that cannot be done is rejected.
 * @typedef {object} Backend
 * @property {(name: string, lock: string, ttlMs: number, first?: FirstWrite) => Promise<TakeAnswer>} take takes the lock of a name for
 *   ttlMs milliseconds, where nobody holds it, its time is up, or it is held under the same text, which renews it. Where it is got, and
 *   the expected version is there, it keeps a value in the same step. Tells for how long the lock is held from now on, in
 *   milliseconds, by whomever; and what is kept, where nothing was written
 * @property {(name: string) => Promise<ReadAnswer>} read tells what is kept
 * @property {(name: string, write: WriteRequest) => Promise<WriteAnswer>} write keeps a value, if the expected version is there and the
 *   lock is held; tells what is kept, where it was not written
 * @property {(name: string, lock: string) => Promise<void>} free releases the lock, if it is held under this text
 * @property {(changed: (name?: string, version?: string) => void, signal?: import("../client/platform.js").PlatformSignal) => Promise<() => Promise<void>>} watch calls back after every write
 *   and release, by whomever, with the name and the version; and with nothing where some may have been missed. What take writes
 *   it need not tell: who wants the lock sees it.
 *   It resolves when it is in force, with what ends it; the signal ends it before that, too
 * @property {() => Promise<void>} [sent] resolves when what was asked before will reach the backend though this process ends at once. A
 *   caller gets a token then, and where a backend has no such function, when the token is kept
 */

export {};
