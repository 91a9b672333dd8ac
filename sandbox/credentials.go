package sandbox

// Credentials that a new sandbox accepts, for demos and tests. The rules behind them are in the package comment.
const (
	AppCubeAppKey    = "tenant001" // the document's own
	AppCubeAppSecret = "api-password-of-tenant001"

	AICCAppKey    = "app001"
	AICCAppSecret = "app-secret-of-app001"

	CCMessagingUserID    = "user001"
	CCMessagingUserName  = "Demo User"
	CCMessagingChannelID = "channel001"
	CCMessagingLocale    = "en"

	ISalesUser   = "abcd" // the document's own pair
	ISalesPasswd = "123456"

	CubeDriveAppID     = "demo-app"
	CubeDriveAppSecret = "app-secret-of-demo-app"
	CubeDriveUser      = "user22"
)

var secretRules = map[System]string{
	AppCube:     "api-password-of-",
	AccessToken: "app-secret-of-",
	ISales:      "passwd-of-",
	CubeDrive:   "app-secret-of-",
}

// accepts reports whether a secret belongs to a public part that is not refused at the moment.
func (s *Sandbox) accepts(system System, public, secret string) bool {
	if s.refused[system][public] {
		return false
	}
	if fixed, set := s.options.Secrets[system]; set {
		want, known := fixed[public]
		return known && secret == want
	}
	if system == ISales && public == ISalesUser && secret == ISalesPasswd {
		return true
	}
	return secret == secretRules[system]+public
}
