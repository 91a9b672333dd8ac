import { defaultFile, parameterFlag } from "./settings.js";
import { UsageError } from "./usage.js";

/**
 * What is said where a field is not given: how to give it.
 * @param {import("./settings.js").Described} system
 * @param {import("./identity.js").Group} group fields of which it needs one
 * @param {import("./settings.js").Catalogue} catalogue
 */
export function missing(system, group, catalogue) {
	const settings = catalogue.settings.filter(({ name }) => group.some((field) => field.name === name));
	const names = either(settings.map(({ name }) => name));
	const variables = either(settings.map(({ env }) => env));
	const needs = `${system.name} needs ${names}`;
	const [{ name, kind, secret }] = group;
	if (kind === "parameters") {
		return new UsageError(
			`${needs}: use --${parameterFlag} NAME=VALUE, and ${variables}, --secrets-file FILE or --secrets - for secret ones.`,
			name,
		);
	}
	if (secret) {
		return new UsageError(
			`${needs}: give it as ${variables} in the environment, in a file (--secrets-file FILE), or on standard input (--secrets -).`,
			name,
		);
	}
	const flags = either(settings.map(({ flag }) => `--${flag}`));
	return new UsageError(`${needs}: use ${flags}, ${variables}, or "${names}" in ${defaultFile}.`, name);
}

/** @param {readonly string[]} names */
const either = (names) => names.join(" or ");
