/** The arguments that name an identity of each system, but its secrets. @type {Record<string, string[]>} */
export const argumentsOf = Object.fromEntries(
	Object.entries({
		appcube: "--app-key k",
		oiap: "--app-key k",
		apifabric: "--app-key k",
		ccmessaging: "--app-key k --user-id u --user-name n --channel-id c --locale en",
		isales: "--user u",
		cubedrive: "--param user=u",
		ccgatewayconfig: "--agent-id 101",
		astrozero: "--client-id c",
	}).map(([system, own]) => [system, ["--base-url", "https://h.test", ...own.split(" ")]]),
);
