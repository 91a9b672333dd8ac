// The keys of a store: they name what is kept, and seal it. Not by Web Crypto, which hands each text to another thread and back:
// that takes ten times as long as what is to be done, and who waits for a token waits for that.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { invalidOption } from "../client/option.js";

/** A sealed value begins with this, so that another form can be told from it. */
const form = 1;
const cipher = "aes-256-gcm";
const nonceSize = 12;
const tagSize = 16;

/** A list of keys as "id:key,id2:key2", a key being 32 bytes in base64url. */
const one = /^([\w-]{1,32}):([\w-]{43})=?$/;

/** How a key is made. */
const howTo = 'to make one: echo "k1:$(openssl rand 32 | basenc --base64url | tr -d =)" (docs/store.md)';

export class Keys {
	/** Each of them opens. @type {Map<string, Buffer>} */ #sealing = new Map();
	/** What the next text is sealed with, by the first of them. */ #sealer;
	/** What the next name is made with. */ #namer;

	/**
	 * @param {unknown} text a list of keys
	 * @param {unknown} [nameKey] what names are made with, where keys are to be changed without losing what is kept
	 */
	constructor(text, nameKey) {
		let first = "";
		let last = Buffer.alloc(0);
		if (typeof text !== "string" || text === "") {
			throw invalidOption("keys", `must list keys as id:key,id2:key2; ${howTo}`);
		}
		const parts = text.split(",");
		for (const [at, part] of parts.entries()) {
			const [, id, key] = one.exec(part.trim()) ?? [];
			if (id === undefined || key === undefined) {
				const which = `number ${at + 1} of ${parts.length} is not id:key, a key being 32 random bytes in base64url`;
				throw invalidOption("keys", `must list keys as id:key,id2:key2: ${which}; ${howTo}`);
			}
			if (this.#sealing.has(id)) {
				throw invalidOption("keys", `lists two keys under one id: number ${at + 1} of ${parts.length} has that of one before it`);
			}
			last = Buffer.from(key, "base64url");
			first ||= id;
			this.#sealing.set(id, derived(last, "seal"));
		}
		if (nameKey !== undefined && (typeof nameKey !== "string" || nameKey.length < 32)) {
			throw invalidOption("nameKey", "must be a secret of at least 32 random characters");
		}
		const naming = derived(typeof nameKey === "string" ? Buffer.from(nameKey) : last, "name");
		this.#namer = ahead(() => createHmac("sha256", naming));
		const sealing = /** @type {Buffer} */ (this.#sealing.get(first));
		this.#sealer = ahead(() => {
			const nonce = randomBytes(nonceSize);
			const head = Buffer.concat([Buffer.from([form, first.length]), Buffer.from(first), nonce]);
			return { id: first, head, cipher: createCipheriv(cipher, sealing, nonce, { authTagLength: tagSize }) };
		});
	}

	/**
	 * The name of an identity: it tells nothing of what it names.
	 * @param {string} identity
	 */
	name(identity) {
		return this.#namer().update(identity).digest("base64url");
	}

	/** Tells those who make names with another key from those who make them with the same; it says nothing of it. */
	sign() {
		return this.name("cctoken store keys"); // no identity: those are JSON
	}

	/**
	 * Encrypts a text for a name: moved to another one, it does not open.
	 * @param {string} name
	 * @param {string} text
	 */
	seal(name, text) {
		const { id, head, cipher } = this.#sealer();
		cipher.setAAD(bound(name, id));
		return Buffer.concat([head, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
	}

	/**
	 * @param {string} name
	 * @param {string} value
	 * @returns {string | undefined} undefined where it does not open: its key is not listed any more, or somebody has changed it
	 */
	open(name, value) {
		try {
			const bytes = Buffer.from(value, "base64url");
			const [is, length = 0] = bytes;
			const at = 2 + length;
			const id = bytes.toString("utf8", 2, at);
			const key = this.#sealing.get(id);
			if (is !== form || key === undefined) {
				return undefined;
			}
			const nonce = bytes.subarray(at, at + nonceSize);
			const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagSize }).setAAD(bound(name, id));
			opening.setAuthTag(bytes.subarray(-tagSize));
			return Buffer.concat([opening.update(bytes.subarray(at + nonceSize, -tagSize)), opening.final()]).toString();
		} catch {
			return undefined;
		}
	}
}

/**
 * Makes something that is used once, the next one while the former is on its way: to begin takes longer than all the rest, and who waits for
 * a token waits for what is sealed and named.
 * @template T
 * @param {() => T} make
 * @returns {() => T}
 */
function ahead(make) {
	/** @type {T | undefined} */
	let next;
	return () => {
		const made = next ?? make();
		next = undefined;
		setImmediate(() => (next ??= make()));
		return made;
	};
}

/**
 * @param {string} name
 * @param {string} id
 */
const bound = (name, id) => Buffer.from(`cctoken store record\0${id}\0${name}`);

/**
 * A key for one purpose: the same secret serves for sealing and, where no other is given, for names.
 * @param {Buffer} secret
 * @param {string} purpose
 */
const derived = (secret, purpose) => Buffer.from(hkdfSync("sha256", secret, "", `cctoken store ${purpose}`, 32));
