// cctoken edge reset: ends the waiting time of a session, after its reason is gone.
import { exit } from "../exit.js";
import { UsageError } from "../usage.js";
import { edgeOf, stranger } from "./ask.js";
import { isSession, oneConnection } from "./names.js";

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>}
 */
export async function reset(context) {
	const { options, stdout } = context;
	const connection = oneConnection(options);
	const { session } = options;
	if (connection === undefined || !isSession(session)) {
		throw new UsageError("Which session? Give --connection, and --session with its name as cctoken edge status shows it.", "session");
	}
	const answer = await edgeOf(context)("reset", { connection, session });
	if (typeof answer.reset !== "boolean") {
		throw stranger(200);
	}
	const said = answer.reset ? "Its waiting time has ended." : "The edge has no such session in memory.";
	stdout.write(options["json"] ? `${JSON.stringify({ reset: answer.reset })}\n` : `${said}\n`);
	return answer.reset ? exit.ok : exit.no;
}
