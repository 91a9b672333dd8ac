// The runtime that the Worker is written for: wrangler.jsonc says which, and all others that run the Worker read it there.
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../wrangler.jsonc", import.meta.url), "utf8");
const { compatibility_date: date, compatibility_flags: flags } = JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ""));

/** The date whose behaviour it has. @type {string} */
export const compatibilityDate = date;

/** What it has besides. @type {string[]} */
export const compatibilityFlags = flags;
