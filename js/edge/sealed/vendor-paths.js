// The interfaces that hand out or examine tokens. No sealed call may reach them: with the headers that the edge adds, they
// would hand the page a token, and of whatever user it names.
import { tokens } from "../../generated/tokens.js";
import { canBecome, folded } from "./folding.js";

/** Of all systems: a base URL may hold several of them. */
const closed = Object.values(tokens)
	.flatMap(({ paths, interfaces }) => [...paths, ...interfaces.map((name) => `/${name}`)])
	.map((path) => folded(path).letters);

/**
 * Whether a path belongs to one of these interfaces, or could be made one of them on its way.
 * @param {string} path decoded, from the host on
 */
export function handsOutTokens(path) {
	const written = folded(path);
	return closed.some((one) => canBecome(written, one));
}
