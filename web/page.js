// What a page has to do itself: take the cctoken package, load the page's own program (Go, in dist/console.wasm) once the
// page is painted, and hand it the package and the few abilities of a browser that it needs. The program can see the
// document and what is named here, and nothing else of the page.
import * as cctoken from "/js/browser.js";
import { createGo } from "/dist/go.js";
import { edgeAt, operate } from "./operators.js";

const root = document.documentElement;

/** Whether and how many sessions there were: all that outlives the page. No identity, no secret, no token. */
const formerly = {
	take() {
		try {
			return Number(sessionStorage.getItem("sessions") ?? 0) || 0;
		} catch {
			return 0;
		}
	},
	/** @param {number} count */
	keep(count) {
		try {
			sessionStorage.setItem("sessions", String(count));
		} catch {
			// Then the page cannot say, after a reload, that they are gone.
		}
	},
};

/** The page's own program, once it is loaded. @type {import("../dist/go.js").Go | undefined} */
let go;

/**
 * The program's functions must not be called after its end: each would throw.
 * @template {(...args: any[]) => void} F
 * @param {F} call
 * @returns {(...args: Parameters<F>) => void}
 */
const whileAlive =
	(call) =>
	(...args) =>
		void (go?.exited || call(...args));

const host = {
	cctoken,
	origin: location.origin,
	formerSessions: formerly.take(),
	rememberSessions: formerly.keep,

	/**
	 * A `fetch` for createClient that reports each exchange by what may be shown of it: never a body, a header or a query.
	 * @param {(session: number, step: string, method: string, path: string, at: number, status: number, took: number) => void} observe
	 *   status is 0 where nothing came; took is in milliseconds
	 */
	watchedFetch(observe) {
		observe = whileAlive(observe);
		return async (input, init, { session, step }) => {
			const at = Date.now();
			const began = performance.now();
			/** @param {number} status */
			const report = (status) =>
				observe(session, step, init.method ?? "GET", new URL(input).pathname, at, status, Math.round(performance.now() - began));
			try {
				const response = await fetch(input, init);
				report(response.status);
				return response;
			} catch (error) {
				report(0);
				throw error;
			}
		};
	},

	/**
	 * Asks one of the sandbox's control endpoints.
	 * @param {string} method
	 * @param {string} name
	 * @param {string} [body] JSON
	 * @returns {Promise<any>} rejected with an Error whose message is the sandbox's
	 */
	async control(method, name, body) {
		const response = await fetch(`/_sandbox/${name}`, {
			method,
			body,
			headers: { "content-type": "application/json" },
		});
		const answer = await response.json();
		if (!response.ok) {
			throw new Error(answer.error);
		}
		return answer;
	},

	edgeAt,
	operate,

	/** @param {string} text */
	copy: async (text) => navigator.clipboard.writeText(text), // not there on an insecure page: a rejection, not a throw

	/**
	 * Offers a file to the user.
	 * @param {string} name
	 * @param {string} text
	 */
	save(name, text) {
		const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
		const link = document.createElement("a");
		link.href = url;
		link.download = name;
		link.click();
		setTimeout(() => URL.revokeObjectURL(url), 60_000);
	},

	/**
	 * Calls tick once a second while the page can be seen, and at once when it can be seen again: after a sleep, a long
	 * time in the background, or a return from the browser's page cache.
	 * @param {() => void} tick
	 */
	everySecond(tick) {
		tick = whileAlive(tick);
		let timer;
		const run = () => {
			clearInterval(timer);
			timer = undefined;
			if (!document.hidden) {
				timer = setInterval(tick, 1000);
				tick();
			}
		};
		document.addEventListener("visibilitychange", run);
		window.addEventListener("pageshow", run);
		window.addEventListener("focus", run);
		run();
	},

	/**
	 * Calls changed, at most once a frame, when the element has another width.
	 * @param {Element} element
	 * @param {(width: number) => void} changed
	 */
	watchWidth(element, changed) {
		changed = whileAlive(changed);
		let width;
		new ResizeObserver(([entry]) => {
			const now = Math.round(entry.contentRect.width);
			if (now !== width) {
				width = now;
				changed(now);
			}
		}).observe(element);
	},

	/**
	 * Tells of addresses that the page's Content-Security-Policy does not let it call.
	 * @param {(origin: string) => void} blocked
	 */
	watchPolicy(blocked) {
		blocked = whileAlive(blocked);
		document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
			if (effectiveDirective === "connect-src" && URL.canParse(blockedURI)) {
				blocked(new URL(blockedURI).origin);
			}
		});
	},

	/** Calls draw before the next frame; not while the page cannot be seen. @param {() => void} draw */
	nextFrame: (draw) => void requestAnimationFrame(whileAlive(draw)),

	/** @param {() => void} changed */
	watchLanguage: (changed) => language.addEventListener("change", whileAlive(changed)),

	/** The zone's offset at an instant, in minutes. @param {number} at */
	zone: (at) => new Date(at).getTimezoneOffset(),
};

const language = /** @type {HTMLSelectElement} */ (document.querySelector("#language"));
language.value = root.lang;
document.title = title();
language.addEventListener("change", () => {
	root.lang = language.value;
	document.title = title();
	try {
		localStorage.setItem("language", language.value);
	} catch {
		// The choice then lasts as long as the page.
	}
});
document.querySelector("#stopped button")?.addEventListener("click", () => location.reload());

function title() {
	return root.lang === "en" ? "cctoken console" : "cctoken 控制台";
}

/** Resolves when the page is on the screen. A page that is in the background is never painted: it does not wait. */
function painted() {
	return new Promise((resolve) => {
		setTimeout(resolve, 1000);
		requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
	});
}

/** Compiles while it downloads, where the server says that it is WebAssembly. @param {string} url */
async function compile(url) {
	const response = await fetch(url);
	if (!response.ok) {
		throw new Error(`${url}: ${response.status}`);
	}
	return response.headers.get("content-type") === "application/wasm"
		? WebAssembly.compileStreaming(response)
		: WebAssembly.compile(await response.arrayBuffer());
}

/** The classes by which the program tells one kind of element from another. */
function elementClasses() {
	const names = Object.getOwnPropertyNames(window).filter((name) => /^HTML\w*(Element|Document)$/.test(name));
	return Object.fromEntries(names.map((name) => [name, /** @type {any} */ (window)[name]]));
}

/** @param {string} why without a secret */
function stopped(why) {
	root.dataset.state = "stopped";
	const banner = /** @type {HTMLElement} */ (document.querySelector("#stopped"));
	banner.hidden = false;
	/** @type {HTMLElement} */ (document.querySelector("#stopped-why")).textContent = why;
	/** @type {HTMLElement} */ (document.querySelector("main")).inert = true; // nothing in it would answer any more
}

try {
	await painted();
	const listed = host.control("GET", `systems?origin=${encodeURIComponent(location.origin)}`);
	const [program, { systems }] = await Promise.all([compile("/dist/console.wasm"), listed]);
	go = createGo({ ...elementClasses(), document, host: { ...host, systems } });
	const ended = go.run(await WebAssembly.instantiate(program, go.importObject));
	// A healthy program never ends. What it may have died of is not said: the text could quote a token.
	ended.then(
		() => stopped(""),
		() => stopped(""),
	);
	await undefined;
	if (!go.exited) {
		root.dataset.state = "ready";
	}
} catch (error) {
	stopped(String(error instanceof Error ? error.message : error));
}
