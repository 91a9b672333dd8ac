// A route handler in Node.
import * as cctoken from "cctoken";
import { run } from "../../program.js";

export const dynamic = "force-dynamic";

export async function GET() {
	return Response.json({ seen: await run(cctoken, process.env.SANDBOX) });
}
