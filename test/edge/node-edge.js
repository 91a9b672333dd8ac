// The edge in Node as a process, for the tests: its configuration and its secrets are in the environment, and its sessions in a folder,
// where those of the objects of workerd are as well.
import { createEdge } from "../../js/edge/node/index.js";
import { serve } from "../../js/edge/node/server.js";
import { fileStore } from "../../js/store/index.js";

const { STORAGE_KEYS: keys, TEST_FOLDER: folder } = process.env;
const edge = createEdge(undefined, keys && folder ? { store: fileStore(folder, { keys }) } : {});
const { url } = await serve(edge.handler, { host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ event: "listening", url }));
