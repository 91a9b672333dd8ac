// What the program must see in every runtime.

const life = "acquired,rejected,replayed,acquired";

/** Three logins: for the shared client, for the other client, and after the token was revoked. */
const each = { same: true, verified: "true by the core", status: 200, renewed: true, events: life, classes: true, logins: 3 };

export const seen = {
	systems: {
		apifabric: each,
		appcube: each,
		astrozero: each,
		ccgateway: { before: "signed_out", signed: "a token", status: 200, after: "signed_out", events: "acquired,signed_out" },
		ccgatewayconfig: each,
		// The AccessToken has a life of its own, and ends with the revocation too. The shared client has it from apifabric, and
		// learns by a login that it was revoked there.
		ccmessaging: { ...each, events: "acquired,acquired,rejected,rejected,replayed,renewed,acquired", logins: 4 },
		isales: each,
		oiap: each,
		cubedrive: { ...each, verified: "true by the vendor" },
	},
	refused: "credentials_refused",
	globals: [],
};

/** In a page the two clients are one application's: the second takes over what the first has got, and ends no token of it. */
const shared = (/** @type {typeof each} */ { logins: _, ...rest }) => ({
	...rest,
	events: `adopted,${life.slice("acquired,".length)}`,
	logins: 2,
});

export const seenInPages = {
	...seen,
	systems: {
		...Object.fromEntries(Object.entries(seen.systems).map(([system, of]) => [system, "logins" in of ? shared(of) : of])),
		ccmessaging: { ...shared(each), events: "adopted,adopted,rejected,replayed,acquired" },
	},
};
