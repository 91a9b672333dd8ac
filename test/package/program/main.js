// The program for runtimes with a command line: node main.js cctoken http://127.0.0.1:8787
import { run } from "./program.js";

const [entry, url] = globalThis.process.argv.slice(2);
const cctoken = await import(entry);
console.log(JSON.stringify(await run(cctoken, url)));
