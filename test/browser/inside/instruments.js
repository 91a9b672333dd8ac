// Runs in a page before its own scripts do, as a plain script: it watches what goes wrong, and can do to the page what a
// machine does (sleep, a hidden tab). All is in one global, `instruments`.
{
	/** @type {string[]} */
	const problems = [];
	addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
		problems.push(`policy: ${violatedDirective} forbids ${blockedURI} (${sourceFile}:${lineNumber})`);
	});
	addEventListener(
		"error",
		({ target, message, error }) => {
			const { src, href } = /** @type {any} */ (target) ?? {};
			problems.push(message ? `error: ${message} ${error?.stack ?? ""}` : `not loaded: ${src ?? href}`);
		},
		true, // that of an element, such as a script without its file, does not bubble
	);
	addEventListener("unhandledrejection", ({ reason }) => problems.push(`rejection: ${reason} ${reason?.stack ?? ""}`));
	const { error } = console;
	console.error = (...values) => {
		problems.push(`console: ${values.join(" ")}`);
		error.apply(console, values);
	};

	// The clock on the wall, ahead of the machine's. That of performance.now goes on as it is: it stands still in a sleep.
	let ahead = 0;
	const RealDate = Date;
	let broken = false;
	const now = () => (broken ? /** @type {any} */ (undefined) : RealDate.now() + ahead);
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
		apply: () => new RealDate(now()).toString(),
		get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
	});

	let hidden = false;
	Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
	Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });

	// Instances of WebAssembly, so that a test can kill one.
	/** @type {WebAssembly.Instance[]} */
	const instances = [];
	for (const name of /** @type {const} */ (["instantiate", "instantiateStreaming"])) {
		const real = WebAssembly[name];
		WebAssembly[name] = async (/** @type {any} */ ...args) => {
			const made = await Reflect.apply(real, WebAssembly, args);
			instances.push(made.instance ?? made);
			return made;
		};
	}
	WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
		construct(target, args, self) {
			const made = Reflect.construct(target, args, self);
			instances.push(made);
			return made;
		},
	});

	// What the page offers to save.
	/** @type {Blob[]} */
	const blobs = [];
	const { createObjectURL } = URL;
	URL.createObjectURL = (object) => {
		blobs.push(/** @type {Blob} */ (object));
		return createObjectURL.call(URL, object);
	};

	/** @type {{ value: number, nodes: string[] }[]} Layout shifts, in browsers that tell of them */
	const shifts = [];
	if (PerformanceObserver.supportedEntryTypes.includes("layout-shift")) {
		new PerformanceObserver((list) => {
			for (const { value, sources } of /** @type {any[]} */ (list.getEntries())) {
				shifts.push({ value, nodes: sources.map(({ node }) => node?.outerHTML?.slice(0, 100) ?? String(node)) });
			}
		}).observe({ type: "layout-shift", buffered: true });
	}

	Object.assign(globalThis, {
		instruments: {
			problems,
			blobs,
			shifts,
			instances,

			/**
			 * Ends the token core by a panic, as an access out of bounds is one. The next call through the package meets what is left of it.
			 * (With all of its memory zero, it would run into itself until the stack is nearly exhausted. A Chromium that traps there crashes.)
			 */
			killCore() {
				const core = /** @type {any} */ (instances.findLast(({ exports }) => "verify" in exports));
				core.exports.discard(1e6); // nobody has so many clients
			},
			/** The machine sleeps: the wall's clock goes on, nothing else does. */
			sleep(/** @type {number} */ ms) {
				ahead += ms;
			},
			/** The clock gives nothing any more, of which a program that reads it dies. */
			breakClock() {
				broken = true;
			},
			/** The person goes to another tab, or comes back. */
			hide(/** @type {boolean} */ value) {
				hidden = value;
				document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
			},
		},
	});
}
