// The interfaces that hand out or examine tokens. No sealed call may reach them: with the headers that the edge adds, they
// would hand the page a token, and of whatever user it names.
import { tokens } from "../../generated/tokens.js";
import { canBecome, folded } from "./folding.js";

/** Of all systems: a base URL may hold several of them. */
const closed = Object.values(tokens)
	.flatMap(({ paths, interfaces }) => [...paths, ...interfaces.map((name) => `/${name}`)])
	.map((path) => folded(path).letters);

/** Those below which others lie that are open: what stands before their last segment, which may be any. */
const doors = Object.values(tokens).flatMap(({ doors }) => doors.map((door) => folded(door.replace(/\/\*$/, "")).letters));

/**
 * Whether a path belongs to one of these interfaces, or could be made one of them on its way.
 * @param {string} path decoded, from the host on
 */
export function handsOutTokens(path) {
	const written = folded(path);
	return closed.some((one) => canBecome(written, one)) || doors.some((door) => canBecome(written, door) && endsAt(door, path, written));
}

/**
 * Whether a path ends where a door's last segment does, or could be made to: what servers drop, or cut off as a suffix, is no
 * segment that leads on. With letters beyond ASCII in it, nothing is sure.
 * @param {string} door
 * @param {string} path
 * @param {import("./folding.js").Folded} written
 */
function endsAt(door, path, { unsure }) {
	if (unsure.size > 0) {
		return true;
	}
	const names = path.split("/").map((segment) => folded(/** @type {string} */ (segment.split(".")[0])).letters);
	const [, ...after] = `/${names.filter(Boolean).join("/")}/`.split(`${door}/`);
	return after.some((rest) => rest.split("/").filter(Boolean).length < 2);
}
