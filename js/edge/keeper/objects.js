// Which object keeps a session, and how it is reached. An object is named by a text that another object can be told: its
// name, with the jurisdiction before it where there is one.

/** @typedef {import("../caller/signed.js").DurableObjectNamespaceLike} DurableObjectNamespaceLike */

/**
 * Which of so many objects keeps a session: the one whose hash with it is the largest. Where there is one object more, only
 * the sessions move that go to it (rendezvous hashing).
 * @param {string} session the keyed hash that names it
 * @param {number} count
 */
export function shardOf(session, count) {
	let best = 0;
	let most = -1;
	const hash = [...session].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
	for (let shard = 0; shard < count; shard++) {
		const weight = mixed(hash ^ Math.imul(shard + 1, 0x9e3779b1));
		if (weight > most) {
			[best, most] = [shard, weight];
		}
	}
	return best;
}

/** The finalizer of MurmurHash3: each bit of the input changes half of those that come out. @param {number} n */
function mixed(n) {
	n = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
	n = Math.imul(n ^ (n >>> 13), 0xc2b2ae35);
	return (n ^ (n >>> 16)) >>> 0;
}

/**
 * @param {string} name
 * @param {string} [jurisdiction]
 */
export function objectIn(name, jurisdiction) {
	return jurisdiction === undefined ? name : `${jurisdiction}:${name}`;
}

/**
 * @param {any} namespace the binding of the objects' class
 * @param {string} object
 * @param {string} [location]
 * @returns {{ fetch: (url: string, init?: RequestInit) => Promise<Response> }}
 */
export function reach(namespace, object, location) {
	const [name = "", jurisdiction] = object.split(":").reverse();
	const within = jurisdiction === undefined ? namespace : namespace.jurisdiction(jurisdiction);
	return within.get(within.idFromName(name), location === undefined ? undefined : { locationHint: location });
}
