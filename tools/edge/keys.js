import { randomBytes } from "node:crypto";

/** The edge's own two secrets, new ones: what is stored under them is of no use to the next run. */
export function freshKeys() {
	return {
		NAME_KEY: randomBytes(32).toString("base64url"),
		STORAGE_KEYS: `${new Date().toISOString().slice(0, 10)}:${randomBytes(32).toString("base64url")}`,
	};
}
