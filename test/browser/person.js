// What a person does with a page, in whatever browser: they find things by what they are and how they are called, wait for
// what is to come, click and type.
import { setTimeout as wait } from "node:timers/promises";
import { prefix } from "./instruments.js";

const patienceMs = 20_000;

/**
 * Something in the page, by its ARIA role and its accessible name.
 * @typedef {object} Thing
 * @property {string} role
 * @property {string} [name] the whole name, or with `part` a part of it
 * @property {boolean} [part]
 * @property {Thing} [within] what it is in
 */

/**
 * What is seen of a thing.
 * @typedef {object} Seen
 * @property {string} name
 * @property {string} text as it is laid out
 * @property {string} [value] of a field
 * @property {boolean} [checked]
 * @property {boolean} disabled
 * @property {string} description the accessible one
 * @property {Record<string, string>} attributes
 * @property {{ x: number, y: number, width: number, height: number }} box
 */

/** @param {import("./driver.js").Tab} tab */
export function person(tab) {
	/**
	 * Looks at all things of a kind that there are now.
	 * @param {Thing} thing
	 * @returns {Promise<Seen[]>}
	 */
	const lookAt = (thing) =>
		tab.evaluate(
			async ({ thing, outline }) => {
				const { computeAccessibleDescription, find, nameOf } = await import(outline);
				return find(thing).map((element) => {
					if (!element.innerText && element.textContent) {
						// What is far outside of the window may not be laid out yet (content-visibility): a person scrolls to it.
						element.scrollIntoView({ block: "nearest", behavior: "instant" });
					}
					const { x, y, width, height } = element.getBoundingClientRect();
					return {
						name: nameOf(element),
						text: element.innerText ?? element.textContent,
						value: element.value,
						checked: element.checked,
						disabled: element.matches(":disabled") || element.ariaDisabled === "true",
						description: computeAccessibleDescription(element),
						attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
						box: { x, y, width, height },
					};
				});
			},
			{ thing, outline: `${prefix}outline.js` },
		);

	/**
	 * Waits for what a look finds.
	 * @template T
	 * @param {() => Promise<T>} look
	 * @param {(found: T) => unknown} good
	 * @param {(found: T | undefined) => string} complaint
	 * @returns {Promise<T>}
	 */
	async function until(look, good, complaint) {
		const end = performance.now() + patienceMs;
		for (;;) {
			const found = await look();
			if (good(found)) {
				return found;
			}
			if (performance.now() > end) {
				throw new Error(`${complaint(found)}\nThe page says: ${await text()}\nProblems: ${JSON.stringify(await problems())}`);
			}
			await wait(50);
		}
	}

	/** All that the page shows as text. */
	const text = () => tab.evaluate(() => document.body.innerText);

	/** What went wrong in the page since it was loaded. */
	const problems = () => tab.evaluate(() => globalThis.instruments?.problems ?? []);

	/**
	 * Waits until there is exactly one such thing, which is `as` it must be.
	 * @param {Thing} thing
	 * @param {(seen: Seen) => unknown} [as]
	 */
	async function see(thing, as = () => true) {
		const [seen] = await until(
			() => lookAt(thing),
			(found) => found.length === 1 && as(/** @type {Seen} */ (found[0])),
			(found) => `${describe(thing)} must be there once${as.length ? `, so that ${as}` : ""}; found: ${JSON.stringify(found)}`,
		);
		return /** @type {Seen} */ (seen);
	}

	/** Scrolls to it, and finds the middle of what can be clicked. */
	const middle = (/** @type {Thing} */ thing) =>
		tab.evaluate(
			async ({ thing, outline }) => {
				const { find } = await import(outline);
				const [element] = find(thing);
				element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
				const { left, top, width, height } = element.getClientRects()[0];
				const [x, y] = [left + width / 2, top + height / 2];
				const hit = document.elementFromPoint(x, y);
				const covered = !(element.contains(hit) || hit?.contains(element) || hit?.closest("label")?.control === element);
				return { x, y, covered: covered && (hit?.outerHTML.slice(0, 200) ?? "what is outside of the page") };
			},
			{ thing, outline: `${prefix}outline.js` },
		);

	const focused = () =>
		tab.evaluate(async (outline) => {
			const { nameOf, roleOf } = await import(outline);
			const element = document.activeElement;
			return element === document.body ? undefined : { role: roleOf(element), name: nameOf(element) };
		}, `${prefix}outline.js`);

	const focus = (/** @type {Thing} */ thing) =>
		tab.evaluate(
			async ({ thing, outline }) => {
				const { find } = await import(outline);
				find(thing)[0].focus();
			},
			{ thing, outline: `${prefix}outline.js` },
		);

	/** @param {Thing} thing */
	async function click(thing) {
		const { disabled } = await see(thing);
		if (disabled) {
			throw new Error(`${describe(thing)} cannot be clicked: it is disabled`);
		}
		const { x, y, covered } = await middle(thing);
		if (covered) {
			throw new Error(`${describe(thing)} cannot be clicked: it is behind ${covered}`);
		}
		await tab.click(x, y);
	}

	return {
		tab,
		lookAt,
		/**
		 * Waits for a condition.
		 * @param {() => Promise<unknown>} condition
		 * @param {string} complaint
		 */
		wait: (condition, complaint) =>
			until(
				condition,
				(holds) => holds,
				() => complaint,
			),
		see,
		text,
		problems,
		click,
		/** @param {Thing} thing */
		gone: (thing) =>
			until(
				() => lookAt(thing),
				(found) => found.length === 0,
				(found) => `${describe(thing)} must be gone; found: ${JSON.stringify(found)}`,
			),
		/**
		 * Waits until the page shows a text.
		 * @param {RegExp} pattern
		 */
		read: (pattern) =>
			until(
				text,
				(shown) => pattern.test(shown),
				() => `The page must say ${pattern}.`,
			),
		/**
		 * Puts a text in a field, instead of what is there.
		 * @param {Thing} thing
		 * @param {string} value
		 */
		async fill(thing, value) {
			await click(thing);
			await tab.press("Control+a");
			await tab.press("Delete");
			await tab.type(value);
		},
		/**
		 * Chooses in a list that is folded up, by its arrow keys.
		 * @param {Thing} thing
		 * @param {string} option its text
		 */
		async choose(thing, option) {
			await see(thing);
			await focus(thing);
			const chosen = () =>
				tab.evaluate(() => {
					const { options, selectedIndex } = /** @type {HTMLSelectElement} */ (document.activeElement);
					return { texts: [...options].map(({ text }) => text), at: selectedIndex };
				});
			let { texts, at } = await chosen();
			const wanted = texts.indexOf(option);
			if (wanted < 0) {
				throw new Error(`${describe(thing)} has no "${option}", but ${texts.join(", ")}`);
			}
			while (at !== wanted) {
				await tab.press(at < wanted ? "ArrowDown" : "ArrowUp");
				const { at: now } = await chosen();
				if (now === at) {
					throw new Error(`${describe(thing)} does not obey the arrow keys`);
				}
				at = now;
			}
		},
		/**
		 * Presses Tab until a thing has the focus.
		 * @param {Thing} thing
		 * @param {string} [key]
		 */
		async tabTo({ role, name }, key = "Tab") {
			const passed = [];
			for (let i = 0; i < 150; i++) {
				await tab.press(key);
				const now = await focused();
				if (now?.role === role && now.name === name) {
					return;
				}
				passed.push(now && `${now.role} "${now.name}"`);
			}
			throw new Error(`${role} "${name}" cannot be reached by ${key}: ${passed.join(", ")}`);
		},
		/** What has the focus: role and name. */
		focused,
	};
}

/** @param {Thing} thing */
function describe({ role, name, part, within }) {
	const its = name === undefined ? "" : ` ${part ? "with " : ""}"${name}"`;
	return `${role}${its}${within ? ` in ${describe(within)}` : ""}`;
}
