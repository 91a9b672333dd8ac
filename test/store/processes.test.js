// Processes of one machine, over the store in a folder.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { someKeys } from "./members.js";
import { processes } from "./processes.js";

const folder = mkdtempSync(join(tmpdir(), "cctoken-store-"));
after(() => rmSync(folder, { recursive: true }));
let places = 0;

processes("in a folder", () => ({ kind: "file", where: join(folder, String(++places)), keys: someKeys() }), { processes: 8 });
