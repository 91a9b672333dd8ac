// What an edge says goes to a terminal: words and numbers only.

/** @param {unknown} value */
export const word = (value) => (/^[\w:.-]{1,80}$/.test(String(value)) ? String(value) : "?");

/** @param {unknown} value */
export const count = (value) => (typeof value === "number" && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0);
