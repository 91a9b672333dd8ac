// A CommonJS program has the ES modules by a dynamic import.
export async function use(): Promise<string> {
	const { getToken } = await import("cctoken");
	const { TokenError } = await import("cctoken/inline");
	return new TokenError("closed", String(getToken)).code;
}
