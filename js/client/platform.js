// The platform's own types where a program has them (the DOM library, @types/node, Workers), and otherwise just what
// this package needs of them: its declarations compile without any of those libraries.

/** A response of the Fetch standard. @typedef {typeof globalThis extends { Response: { prototype: infer T } } ? T : any} PlatformResponse */
/** What `fetch` takes beside the URL. @typedef {typeof globalThis extends { Request: new (input: any, init?: infer T) => any } ? NonNullable<T> : Record<string, any>} PlatformRequestInit */
/** What `fetch` takes first: a string, a URL or a Request. @typedef {string | { readonly href: string } | (typeof globalThis extends { Request: { prototype: infer T } } ? T : { readonly url: string })} FetchInput */
/** What a business call takes beside the URL. @typedef {PlatformRequestInit & CallLimit} CallInit */
/** @typedef {typeof globalThis extends { AbortSignal: { prototype: infer T } } ? T : { readonly aborted: boolean, readonly reason: any, addEventListener(type: "abort", listener: () => void, options?: object): void, removeEventListener(type: "abort", listener: () => void): void }} PlatformSignal */
/** A function that does what the platform's `fetch` does. @typedef {(input: string, init?: PlatformRequestInit) => Promise<PlatformResponse>} PlatformFetch */

/**
 * What a business call takes that `fetch` does not.
 * @typedef {object} CallLimit
 * @property {number | null} [timeoutMs] bounds the whole call, in milliseconds, from 1 to 600,000: the wait for a token, all tries, and the
 *   answer's body until it is read. Without it a call has no limit
 */

/** What `using` asks of an object, where a program's libraries have that. @typedef {typeof Symbol extends { readonly dispose: infer K extends symbol } ? { [key in K]: () => void } : unknown} PlatformDisposable */

/**
 * Keeps a request's context alive until the promise has settled, however it does. Workers end a request's exchanges and
 * timers once it has been answered, and what was begun and never ends would hold up all later callers of the session.
 * @typedef {(work: Promise<unknown>) => void} WaitUntil
 */

export {};
