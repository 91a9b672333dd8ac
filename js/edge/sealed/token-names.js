// Names under which a token could stand, however they are written.
import { tokens } from "../../generated/tokens.js";
import { canBecome, decodedOnce, folded } from "./folding.js";

const facts = Object.values(tokens);
const carriers = facts.flatMap(({ carriers }) => carriers).map((name) => folded(name).letters);
const holders = facts.flatMap(({ answers }) => answers).map((name) => folded(name).letters);

/**
 * Whether a call could carry a token under a name.
 * @param {string} name of a header, or of a query's parameter
 */
export function carriesToken(name) {
	return isOne(name, carriers);
}

/**
 * Whether a token could stand under a name in the answer of an interface that hands out tokens.
 * @param {string} name of a member
 */
export function holdsToken(name) {
	return isOne(name, holders);
}

/** @param {string} name @param {string[]} known */
function isOne(name, known) {
	const written = folded(name);
	return known.some((one) => written.letters.length >= one.length && canBecome(written, one, true));
}

/**
 * Whether a server could find a parameter in a query that carries a token. Some part it at semicolons too, decode it twice, or
 * take "name[]", "name[0]" and "name.x" for the name.
 * @param {string} search with its question mark, or ""
 */
export function queryCarriesToken(search) {
	const query = search.slice(1);
	const once = decodedOnce(query);
	const parts = pairsOf(query);
	return (
		parts.some((pair) => nameOf(pair).includes("\ufffd")) || // of what is no UTF-8, anything may be read
		[...parts, ...[once, decodedOnce(once)].flatMap(pairsOf).filter((pair) => pair.includes("="))].some((pair) => {
			const name = nameOf(pair);
			return [name, ...name.split(/[[\].]/)].some(carriesToken);
		})
	);
}

/** @param {string} query */
function pairsOf(query) {
	return query.normalize("NFKC").split(/[&;?#]/);
}

/** @param {string} pair */
function nameOf(pair) {
	return decodedOnce(decodedOnce(pair.slice(0, (pair.indexOf("=") + 1 || pair.length + 1) - 1)));
}
