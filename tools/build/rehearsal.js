// What the core is led through before it ships: a token is asked for, and an answer comes that has none.
//
// By that the stack on which its functions run has grown, and its allocator has pages for objects of most sizes. So the first token of
// a process waits for neither, nor for an engine to compile what does that. Nothing is left of it but garbage.
import { systems } from "../../js/generated/systems.js";
import { guard } from "../../js/module/instance.js";
import { CoreClient } from "../../js/module/wall.js";

/** @param {WebAssembly.Instance} started */
export function rehearse(started) {
	const instance = guard(started, { exited: false }, () => {});
	const core = new CoreClient(instance, { seed: [1, 1], timeoutMs: 1000, maxSessions: 1 });
	const now = { wall: 1, mono: 1 };
	const { session, error } = core.open(JSON.stringify(anyIdentity()), now);
	if (error) {
		throw new Error(`the core does not open the identity of its rehearsal: ${error.message}`);
	}
	const sent = core.get(session, now, false, 0, "").effects.find((effect) => effect.do === "send");
	if (!sent) {
		throw new Error("the core asks for no token at its rehearsal");
	}
	core.answered(sent.id, now, { status: 200 }, Buffer.from("{}"));
	core.discard();
}

/** Of whichever system asks for texts alone, as what is rehearsed is the same for all. */
function anyIdentity() {
	const needed = systems.map(({ name, fields }) => ({ name, fields: fields.filter(({ optional }) => !optional) }));
	const simple = needed.find(({ fields }) => fields.every(({ kind }) => kind === "url" || kind === "text"));
	return {
		system: simple?.name,
		...Object.fromEntries(simple?.fields.map(({ name, kind }) => [name, kind === "url" ? "https://vendor.example" : "a"]) ?? []),
	};
}
