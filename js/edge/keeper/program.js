// One run of the keeper's Go program, from its start to its death. It dies of a panic, of an exhausted stack or memory,
// or because it is ended; whoever waits for an answer then is told at once.
import { createGo } from "../../../dist/keeper-go.js";

export class Program {
	/** @type {import("./host.js").Host} */ #host;
	/** What Go puts its function into. @type {{ handleRequest?: (request: object) => Promise<Response> }} */ #binding = {};
	/**
	 * Tells those who wait that the program has died. A promise of its death that each of them races against would hold
	 * every answer that was ever given.
	 * @type {Set<(died: Error) => void>}
	 */
	#waiting = new Set();
	dead = false;
	/** How many requests it has answered. */
	answers = 0;

	/**
	 * Starts the program. It is ready when the constructor returns.
	 * @param {object} module the compiled WebAssembly module
	 * @param {import("./host.js").Host} host
	 */
	constructor(module, host) {
		this.#host = host;
		let ready = false;
		const end = () => this.end();
		const go = createGo({ binding: this.#binding, host }, end);
		const instance = new WebAssembly.Instance(/** @type {WebAssembly.Module} */ (module), {
			...go.importObject,
			workers: { ready: () => (ready = true) },
		});
		go.run(instance).then(end, end); // runs until Go waits for something
		if (!ready || this.dead) {
			this.end();
			throw new Error("the keeper's program did not start");
		}
	}

	/** Whether what it knows may differ from what is stored. */
	get broken() {
		return this.#host.broken;
	}

	/**
	 * @param {string} method
	 * @param {string} url
	 * @param {string} body
	 * @returns {Promise<Response>} rejected when the program dies
	 */
	async answer(method, url, body) {
		const ticket = this.#host.deposit(body);
		/** @type {(died: Error) => void} */
		let die = () => {};
		try {
			// Not a Request: the library reads no more of one than this, and this has no stream that ends with its client.
			const request = { method, url, headers: { entries: () => [["Ticket", ticket]] }, body: null };
			return await new Promise((resolve, reject) => {
				die = reject;
				this.#waiting.add(die);
				/** @type {any} */ (this.#binding).handleRequest(request).then(resolve, reject);
			});
		} finally {
			this.answers++;
			this.#waiting.delete(die);
			this.#host.body(ticket); // where Go did not take it
		}
	}

	/** Ends the program, whatever it is doing. It reaches neither the vendor nor the storage any more. */
	end() {
		if (!this.dead) {
			this.dead = true;
			this.#host.close();
			for (const die of this.#waiting) {
				die(new Error("the keeper's program has died"));
			}
		}
	}
}
