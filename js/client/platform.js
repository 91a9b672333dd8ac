// The platform's own types where a program has them (the DOM library, @types/node, Workers), and otherwise just what
// this package needs of them: its declarations compile without any of those libraries.

/** A response of the Fetch standard. @typedef {typeof globalThis extends { Response: { prototype: infer T } } ? T : any} PlatformResponse */
/** What `fetch` takes beside the URL. @typedef {typeof globalThis extends { Request: new (input: any, init?: infer T) => any } ? NonNullable<T> : Record<string, any>} PlatformRequestInit */
/** @typedef {typeof globalThis extends { AbortSignal: { prototype: infer T } } ? T : { readonly aborted: boolean, readonly reason: any, addEventListener(type: "abort", listener: () => void, options?: object): void, removeEventListener(type: "abort", listener: () => void): void }} PlatformSignal */
/** A function that does what the platform's `fetch` does. @typedef {(input: string, init?: PlatformRequestInit) => Promise<PlatformResponse>} PlatformFetch */

/**
 * Keeps a request's context alive until the promise has settled, however it does. Workers end a request's exchanges and
 * timers once it has been answered, and what was begun and never ends would hold up all later callers of the session.
 * @typedef {(work: Promise<unknown>) => void} WaitUntil
 */

export {};
