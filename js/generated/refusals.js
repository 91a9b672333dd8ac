// By which words refusals are told apart. Generated from the Go descriptions in core (make generate): change those.

/**
 * What the text of a refusal speaks of. They are in the order in which they count: a text, in lower case, speaks of the first of
 * which it has one of each list of words.
 * @type {readonly { of: import("./words.js").Reason, words: readonly (readonly string[])[] }[]}
 */
export const subjects = [
	{ of: "access_token_dead", words: [["token"], ["expired", "illegal", "invalid", "refresh", "unknown"]] },
	{ of: "address_not_admitted", words: [["address", "client ip", "source ip", "the ip", "this ip", "your ip", "whitelist", "white list", "allow list", "allowlist", "trustlist", "trust list"]] },
	{ of: "key_refused", words: [["app key", "appkey", "app_key", "app-key"]] },
	{ of: "key_refused", words: [["secret", "password", "passwd", "credential", "authenticat"]] },
];
