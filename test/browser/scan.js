// The accessibility scan: axe-core's rules for WCAG 2.2 A and AA, and its good practices, over the page as it is now.
import { prefix } from "./instruments.js";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * @param {import("./driver.js").Tab} tab
 * @returns {Promise<{ violations: string[], passed: number }>} a line for each element that breaks a rule, and the number
 *   of rules that were kept: one that is none has looked at nothing
 */
export function scan(tab) {
	return tab.evaluate(
		async ({ axe, tags }) => {
			if (!globalThis.axe) {
				await import(axe);
			}
			const { violations, passes } = await globalThis.axe.run(document, {
				runOnly: tags,
				resultTypes: ["violations"],
				// Off by default, and new in WCAG 2.2.
				rules: { "target-size": { enabled: true } },
			});
			return {
				violations: violations.flatMap(({ id, help, nodes }) =>
					nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
				),
				passed: passes.length,
			};
		},
		{ axe: `${prefix}axe.js`, tags },
	);
}
