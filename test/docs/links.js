// The links of Markdown pages, and whether they lead somewhere.
import { access, readdir, readFile } from "node:fs/promises";

/**
 * The pages of the repository, or of the package: those in the folder itself, and all below docs.
 * @param {URL} root
 * @returns {Promise<string[]>}
 */
export async function pagesOf(root) {
	const pages = (/** @type {string[]} */ names) => names.filter((name) => name.endsWith(".md")).sort();
	const docs = await readdir(new URL("docs/", root), { recursive: true });
	return [...pages(await readdir(root)), ...pages(docs).map((name) => `docs/${name.replaceAll("\\", "/")}`)];
}

/** The page without its code, in which brackets mean something else. */
export const prose = (/** @type {string} */ page) =>
	page.replace(/^```[^]*?^```$/gm, "").replace(/`[^`\n]*`/g, (span) => "`".repeat(span.length));

/** The anchors of a page's headings, as GitHub makes them: equal ones are numbered. */
export function anchors(/** @type {string} */ page) {
	const seen = new Map();
	return new Set(
		[...page.replace(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
			const anchor = String(heading)
				.toLowerCase()
				.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
				.replaceAll(" ", "-");
			const times = seen.get(anchor) ?? 0;
			seen.set(anchor, times + 1);
			return times === 0 ? anchor : `${anchor}-${times}`;
		}),
	);
}

/**
 * The page's links that lead to no file under root, or to no heading in it. Other sites are not asked.
 * @param {URL} root
 * @param {string} name of the page
 * @returns {Promise<string[]>}
 */
export async function brokenLinks(root, name) {
	const here = new URL(name, root);
	const broken = [];
	for (const [, target = ""] of prose(await readFile(here, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)) {
		if (/^https:\/\//.test(target)) {
			continue;
		}
		const there = new URL(target, here);
		const [file, anchor] = [new URL(there.pathname, there), decodeURIComponent(there.hash.slice(1))];
		const found =
			there.href.startsWith(root.href) &&
			(await access(file).then(
				() => true,
				() => false,
			));
		if (!found || (anchor && !anchors(await readFile(file, "utf8")).has(anchor))) {
			broken.push(target);
		}
	}
	return broken;
}
