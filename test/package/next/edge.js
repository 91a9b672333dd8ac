// A route handler in the edge runtime.
import * as cctoken from "cctoken";
import { run } from "../../program.js";

export const runtime = "edge";
export const dynamic = "force-dynamic";

export async function GET() {
	let held = 0;
	const context = globalThis[Symbol.for("@next/request-context")];
	const { get } = context;
	const { waitUntil } = get();
	context.get = () => ({ waitUntil: (work) => waitUntil((held++, work)) });
	try {
		const seen = await run(cctoken, process.env.SANDBOX);
		const url = await cctoken.initialize({ wasmUrl: "https://cctoken.invalid" }).catch(({ code }) => code);
		return Response.json({ seen, held: held > 0, url });
	} finally {
		context.get = get;
	}
}
