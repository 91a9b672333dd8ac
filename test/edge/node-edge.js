// The edge in Node as a process, for the tests: its configuration and its secrets are in the environment.
import { createEdge } from "../../js/edge/node/index.js";
import { serve } from "../../js/edge/node/server.js";

const edge = createEdge();
const { url } = await serve(edge.handler, { host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ event: "listening", url }));
