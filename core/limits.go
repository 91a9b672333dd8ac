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
	// KeeperTimeout is DefaultTimeout where an edge's keeper acquires, and what that can be set to, in milliseconds.
	KeeperTimeout      = 20_000
	LeastKeeperTimeout = 1_000
	MostKeeperTimeout  = 120_000
)
