// Processes of one machine, over the store in a folder.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { someKeys } from "./members.js";
import { processes } from "./processes.js";
import { standStill } from "./stopped.js";

const folder = mkdtempSync(join(tmpdir(), "cctoken-store-"));
after(() => rmSync(folder, { recursive: true }));
let places = 0;

const place = () => /** @type {const} */ ({ kind: "file", where: join(folder, String(++places)), keys: someKeys() });
processes("in a folder", place, { processes: 8 });

test("in a folder, a process that stands still for longer than its lock lasts writes nothing under it afterwards, and sends no login by it", () =>
	standStill(place));
