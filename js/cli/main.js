#!/usr/bin/env node
// The command: npx cctoken. All it does is to hand the process to run, and the exit code back.
import { run } from "./run.js";

// Not process.exit: what was written to a pipe may still be on its way.
process.exitCode = await run(process.argv.slice(2), process);
