package core

// Limits that hosts and programs outside of the core keep to as well.
const (
	// MaxToken is the longest token, in bytes: common servers refuse longer headers.
	MaxToken = 16 << 10
	// MaxAnswer is the most that is read of a vendor's answer, in bytes. A host
	// reports a larger one as ResponseTooLarge.
	MaxAnswer = 1 << 20
	// DefaultTimeout and MaxTimeout bound an acquisition or a verification with all its tries, in milliseconds.
	DefaultTimeout = 30_000
	MaxTimeout     = 600_000
	// DefaultSessions is how many identities a client keeps, and MaxSessions the most that it can be told to.
	DefaultSessions = 1000
	MaxSessions     = 500_000
	// MostKept is for how long at most anything matters that a session must not forget, after [Client.Save] has returned
	// it, in milliseconds: no token lives longer, and no waiting time or login budget holds longer.
	MostKept = 86_400_000
	// SignOfLife is how often one is given for who is signed in, in milliseconds.
	SignOfLife = 30_000
	// KeeperTimeout is DefaultTimeout where an edge's keeper acquires, and what that can be set to, in milliseconds.
	KeeperTimeout      = 20_000
	LeastKeeperTimeout = 1_000
	MostKeeperTimeout  = 120_000
	// KeeperConnections is how many requests to vendors a keeper has under way at once, and MostKeeperConnections what that
	// can be set to. Cloudflare holds back a seventh.
	KeeperConnections     = 6
	MostKeeperConnections = 1000
)

// What stands on both sides of the wall between an edge's front door and its keeper.
const (
	// StorageKey is the form of one of the STORAGE_KEYS, as a regular expression: an id, and
	// 32 bytes in base64url. StorageKeys says it to people.
	StorageKey  = "^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{43}=?$"
	StorageKeys = "id:base64url-of-32-bytes, separated by commas"
	// ProblemURN is how the "type" of an edge's own refusals begins, and ProblemMedia their content type (RFC 9457).
	ProblemURN   = "urn:cctoken:error:"
	ProblemMedia = "application/problem+json"
)
