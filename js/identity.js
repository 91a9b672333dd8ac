import { TokenError } from "./error.js";

/** The systems that hand out tokens. @typedef {"appcube" | "ccmessaging" | "isales" | "cubedrive"} System */

/**
 * What a caller's own function gives: the token, or the token and for how many seconds it lives. Where that is not said,
 * the function is asked again before 10 minutes are over.
 * @typedef {string | { token: string, expiresIn?: number }} Supplied
 */

/**
 * OIAP AppCube ("C6 OIAP AppCube Interface Authentication").
 * @typedef {object} AppCubeIdentity
 * @property {"appcube"} system
 * @property {string} baseUrl such as `https://IP:PORT`
 * @property {string} appKey the tenant ID
 * @property {string} appSecret the API Password set in the IVR
 */

/**
 * What every ccmessaging identity has ("Performing Third-Party Request Authentication (applyToken)").
 * @typedef {object} CcmessagingUser
 * @property {"ccmessaging"} system
 * @property {string} baseUrl such as `https://service.besclouds.com`
 * @property {string} [authUrl] the base URL of tokenByAkSk where it differs from `baseUrl`
 * @property {string} appKey the app key, as configured on the API Fabric
 * @property {string} userId 1 to 32 characters, defined by the enterprise
 * @property {string} userName for display, defined by the enterprise
 * @property {string} channelId the Configuration ID of the channel
 * @property {string} locale an ISO 639 language without a country: "zh", "en"
 */

/**
 * What a ccmessaging identity has that gets its AccessToken with the app secret (tokenByAkSk).
 * @typedef {object} CcmessagingSecret
 * @property {string} appSecret that goes with the app key
 * @property {undefined} [accessToken]
 */

/**
 * A ccmessaging identity that gets its AccessToken with the app secret (tokenByAkSk).
 * @typedef {CcmessagingUser & CcmessagingSecret} CcmessagingSecretIdentity
 */

/**
 * What a ccmessaging identity has whose AccessToken the caller supplies.
 * @typedef {object} CcmessagingSupplied
 * @property {string | (() => Promise<Supplied>)} accessToken the AccessToken, or a function that gives one
 * @property {undefined} [appSecret]
 */

/**
 * A ccmessaging identity whose AccessToken the caller supplies: a string, or a function that is asked for one whenever
 * it is needed. It stands for the app, not for a user: all users of one app share what it gives, and whether it fails. Of several
 * functions the one is asked that came with the call that needs it. Where each user has a function of their own, each has a client.
 * @typedef {CcmessagingUser & CcmessagingSupplied} CcmessagingSuppliedIdentity
 */

/** The AICC web client, by either way to its AccessToken. @typedef {CcmessagingSecretIdentity | CcmessagingSuppliedIdentity} CcmessagingIdentity */

/**
 * CC-iSales for CTI-OBS ("Authentication Interface").
 * @typedef {object} IsalesIdentity
 * @property {"isales"} system
 * @property {string} baseUrl such as `https://service.besclouds.com`
 * @property {string} user the account's name
 * @property {string} passwd its password
 */

/**
 * CubeDrive ("xAuthToken").
 * @typedef {object} CubeDriveIdentity
 * @property {"cubedrive"} system
 * @property {string} baseUrl such as `https://www.cubedrive.com/lite`
 * @property {Readonly<Record<string, string>>} params "the application information and user information", under the
 *   names that the deployment needs
 * @property {"GET" | "POST"} [method] how getLogin is called. Default "POST": a query can end up in logs, a body does not.
 */

/**
 * What every identity of an edge has.
 * @typedef {object} EdgeConnection
 * @property {string} edge the edge's URL, such as `https://tokens.example.com`
 * @property {string} connection the name of a connection in the edge's configuration
 */

/**
 * What an edge's identity has whose authorization is a text.
 * @typedef {object} EdgeText
 * @property {string} authorization what the user shows: the enterprise's own bearer token (a JWT). Another text is another
 *   session.
 * @property {string} [subject] not needed: two users' texts differ
 */

/** An edge's identity whose authorization is a text. @typedef {EdgeConnection & EdgeText} EdgeTextIdentity */

/**
 * What an edge's identity has whose authorization is, or may be, a function.
 * @typedef {object} EdgeSupplied
 * @property {string | (() => Promise<Supplied>)} authorization what the user shows: the enterprise's own bearer token (a JWT),
 *   or a function that is asked for it whenever one is needed
 * @property {string} subject who the function speaks for: any text that is another one for another user, such as the user's ID.
 *   It is not sent, and nothing else tells users apart: a function does not say whose authorization it gives.
 */

/**
 * An edge's identity whose authorization comes by a function. All connections of an edge share what it gives for one subject; of
 * several functions the one is asked that came with the call that needs it.
 * @typedef {EdgeConnection & EdgeSupplied} EdgeSuppliedIdentity
 */

/**
 * A connection of an edge: a Worker that holds the credentials, and gives this user's tokens to whoever shows that it is
 * this user ("The edge", docs/edge.md). Business calls (`fetch`) go through the edge as well.
 * @typedef {EdgeTextIdentity | EdgeSuppliedIdentity} EdgeIdentity
 */

/** One of the four systems, asked directly. @typedef {AppCubeIdentity | CcmessagingIdentity | IsalesIdentity | CubeDriveIdentity} VendorIdentity */

/**
 * Who a token is for. Two identities are one when all their fields are equal, whatever the objects.
 * @typedef {VendorIdentity | EdgeIdentity} Identity
 */

/**
 * All fields of all systems.
 * @typedef {object} Fields
 * @property {string} [system]
 * @property {string} [baseUrl]
 * @property {string} [authUrl]
 * @property {string} [appKey]
 * @property {string} [appSecret]
 * @property {string | (() => Promise<Supplied>)} [accessToken]
 * @property {string} [userId]
 * @property {string} [userName]
 * @property {string} [channelId]
 * @property {string} [locale]
 * @property {string} [user]
 * @property {string} [passwd]
 * @property {Readonly<Record<string, string>>} [params]
 * @property {string} [method]
 * @property {string} [edge]
 * @property {string} [connection]
 * @property {string | (() => Promise<Supplied>)} [authorization]
 * @property {string} [subject]
 */

/**
 * What a caller's object says now, read once: an object can say something else each time that it is asked. A value that is
 * itself an object counts as no text, whatever it would say of itself as JSON.
 * @param {unknown} identity
 * @returns {Fields}
 */
export function read(identity) {
	if (typeof identity !== "object" || identity === null) {
		throw new TokenError("invalid_identity", "identity must be an object", { step: "input", field: "identity" });
	}
	const { params, ...fields } = /** @type {Record<string, unknown>} */ (identity);
	plain(fields);
	if (params !== undefined) {
		fields.params = typeof params === "object" && params !== null && !Array.isArray(params) ? plain({ ...params }) : params;
	}
	return fields;
}

/** @param {Record<string, unknown>} fields @returns {Record<string, any>} */
function plain(fields) {
	for (const name of Object.keys(fields)) {
		if (typeof fields[name] === "object" && fields[name] !== null) {
			fields[name] = {};
		}
	}
	if (typeof fields.toJSON === "function") {
		delete fields.toJSON; // it would speak in the fields' place
	}
	return fields;
}

/**
 * The fields to compare the caller's object with later: it may have been changed meanwhile, and must then not be answered
 * with the token of who it was.
 * @param {Fields} f
 * @returns {Fields}
 */
export function snapshot(f) {
	// Always the same members in the same order, so that the comparison stays one fast shape.
	return {
		system: f.system, baseUrl: f.baseUrl, authUrl: f.authUrl, appKey: f.appKey, appSecret: f.appSecret,
		accessToken: f.accessToken, userId: f.userId, userName: f.userName, channelId: f.channelId, locale: f.locale,
		user: f.user, passwd: f.passwd, params: f.params, method: f.method,
		edge: f.edge, connection: f.connection, authorization: f.authorization, subject: f.subject,
	};
}

/**
 * Whether an object still says what it said when the snapshot was taken.
 * @param {Fields} copy
 * @param {Fields} f
 */
export function unchanged(copy, f) {
	return (
		copy.userId === f.userId && copy.system === f.system && copy.baseUrl === f.baseUrl && copy.authUrl === f.authUrl &&
		copy.appKey === f.appKey && copy.appSecret === f.appSecret && copy.accessToken === f.accessToken &&
		copy.userName === f.userName && copy.channelId === f.channelId && copy.locale === f.locale &&
		copy.user === f.user && copy.passwd === f.passwd && copy.method === f.method && copy.edge === f.edge &&
		copy.connection === f.connection && copy.authorization === f.authorization && copy.subject === f.subject &&
		(copy.params === f.params || sameParams(copy.params, f.params))
	);
}

/**
 * @param {Fields["params"]} a
 * @param {Fields["params"]} b
 */
function sameParams(a, b) {
	if (!a || !b || typeof b !== "object") {
		return false;
	}
	const names = Object.keys(b);
	return names.length === Object.keys(a).length && names.every((name) => Object.hasOwn(a, name) && a[name] === b[name]);
}

/**
 * An identity as it goes to the core, and the caller's function in it, if there is one.
 * @typedef {object} Encoded
 * @property {string} json
 * @property {Supplier | undefined} supplier
 */

/**
 * The identity as JSON for the core. A function cannot go there: its number stands in for it.
 * @param {Fields} read
 * @param {Suppliers} suppliers
 * @returns {Encoded}
 */
export function encode(read, suppliers) {
	/** @type {Record<string, unknown>} */
	const fields = { ...read };
	// The core's own fields are not the caller's to set.
	delete fields.accessTokenSupplier;
	delete fields.authorizationSupplier;
	/** @type {Supplier | undefined} */
	let supplier;
	if (typeof fields.accessToken === "function") {
		const { authUrl, baseUrl, appKey } = fields;
		supplier = suppliers.supplier(["app", authUrl ?? baseUrl, appKey], /** @type {() => unknown} */ (fields.accessToken));
		fields.accessTokenSupplier = supplier.number;
		delete fields.accessToken;
	}
	if (typeof fields.authorization === "function") {
		const { edge, subject } = fields;
		supplier = suppliers.supplier(["edge", edge, subject], /** @type {() => unknown} */ (fields.authorization));
		fields.authorizationSupplier = supplier.number;
		delete fields.authorization;
	}
	try {
		return { json: JSON.stringify(fields), supplier };
	} catch {
		throw new TokenError("invalid_identity", "identity must hold plain values only", { step: "input", field: "identity" });
	}
}

/**
 * The identity of what carries a business call, and the base URL that the call's path is appended to. A call for an
 * edge's user goes to the edge, and carries nothing but that user's authorization.
 * @param {string} json an identity as encoded
 * @returns {{ json: string, baseUrl: string }}
 */
export function callsOf(json) {
	const { edge, connection, baseUrl, ...rest } = JSON.parse(json);
	if (edge === undefined) {
		return { json, baseUrl };
	}
	let name;
	try {
		name = encodeURIComponent(connection);
	} catch { // half of a surrogate pair
		throw new TokenError("invalid_identity", "edge: connection must be a text of whole characters", { system: "edge", step: "input", field: "connection" });
	}
	return {
		json: JSON.stringify({ ...rest, system: "authorization", edge }),
		baseUrl: `${String(edge).replace(/\/+$/, "")}/v1/call/${name}`,
	};
}

/** What a function gave, in milliseconds; a life of 0 where it did not say. @typedef {{ token: string, lifeMs: number }} Supply */

/**
 * A caller's function, and the number by which the core asks for it.
 * @typedef {object} Supplier
 * @property {string} key of whom, or of which app, what it gives is
 * @property {number} number
 * @property {() => unknown} ask
 */

/** Never the same for two clients: a Token of one may be shown to another, where its number must not be somebody else's. */
let numbers = 0;

/**
 * The callers' functions: one for each app's AccessToken, as one serves all of an app's users, and one for each user's
 * authorization. An inline arrow function is a new one at every call, so it is not what tells identities apart.
 */
export class Suppliers {
	/** Those used last; a key that was dropped gets another number, and so a session of its own. @type {Map<string, number>} */ #numbers = new Map();
	/** @type {Map<number, () => unknown>} */ #functions = new Map();
	#most;

	/** @param {number} most how many are kept */
	constructor(most) {
		this.#most = most;
	}

	/**
	 * @param {unknown[]} of what the function's token is for
	 * @param {() => unknown} ask
	 * @returns {Supplier}
	 */
	supplier(of, ask) {
		const key = JSON.stringify(of);
		const number = this.#numbers.get(key) ?? ++numbers;
		this.#keep(key, number);
		return { key, number, ask };
	}

	/**
	 * Makes a function the one that is asked: that of who is about to need it, as another caller's may be of a session that
	 * has ended.
	 * @param {Supplier} supplier
	 */
	use({ key, number, ask }) {
		this.#keep(key, number);
		this.#functions.set(number, ask);
	}

	/** @param {Supplier} supplier whose function is let go, with all that it holds */
	drop({ number }) {
		this.#functions.delete(number);
	}

	/**
	 * @param {string} key
	 * @param {number} number
	 */
	#keep(key, number) {
		this.#numbers.delete(key); // so that it becomes the newest
		this.#numbers.set(key, number);
		if (this.#numbers.size > this.#most) {
			const [[oldest, its] = ["", 0]] = this.#numbers;
			this.#numbers.delete(oldest);
			this.#functions.delete(its);
		}
	}

	/**
	 * @param {number} number
	 * @returns {Promise<Supply>}
	 */
	async ask(number) {
		const given = /** @type {any} */ (await this.#functions.get(number)?.());
		const { token, expiresIn } = typeof given === "object" && given !== null ? given : { token: given, expiresIn: 0 };
		return {
			token: typeof token === "string" ? token : "",
			lifeMs: Number.isFinite(expiresIn) && expiresIn > 0 ? Math.floor(expiresIn * 1000) : 0,
		};
	}
}
