// The same by a light core. One program has one core: this one's package is another instance of the module.
import { lightUrl } from "../ways.js";
import { by } from "./identity.js";

const { getToken, initialize } = await import("../../../../dist/node.js?light");
await initialize({ wasmUrl: lightUrl });

export const connect = by(getToken);
