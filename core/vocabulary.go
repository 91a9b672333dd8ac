package core

// About says what a code is about, and so who raises it.
type About string

const (
	AboutVendor About = "vendor" // what a vendor said, or what happened on the way there
	AboutEdge   About = "edge"   // what an edge said
	AboutCaller About = "caller" // what the program did
	AboutHost   About = "host"   // what a host says that the core does not know
)

// Word is one of the stable words that programs may compare.
type Word struct {
	Name    string
	About   About
	Meaning string // one sentence, without its capital
	Say     Words  // what the console shows: of a code, what to do; of another word, its name
}

// Vocabulary is all stable words: error codes, steps, reasons and types of events.
type Vocabulary struct{ Codes, Steps, Reasons, Events []Word }

// AllWords returns the vocabulary. Nothing that a page loads calls it, so that the
// linker leaves the texts out of the module.
func AllWords() Vocabulary {
	return Vocabulary{
		Codes: []Word{
			{string(InvalidIdentity), AboutVendor, "a field of the identity is missing or wrong; `field` names it. Nothing was sent.", Words{"Correct the field that is named. Nothing was sent.", "请更正所指字段。未发送任何内容。"}},
			{string(InvalidRequest), AboutVendor, "a business call cannot carry the token as asked; `field` says what. The call was not sent.", Words{"The call cannot carry the token as asked: correct what is named.", "该调用无法携带令牌：请更正所指内容。"}},
			{string(CredentialsRefused), AboutVendor, "the vendor does not accept the credentials.", Words{"Check key, secret and the account’s state. The same credentials are not tried again for 5 minutes; other ones are tried at once.", "请检查密钥、密码和帐号状态。相同凭据 5 分钟内不再尝试；更换后立即尝试。"}},
			{string(AccountLocked), AboutVendor, "the vendor has locked the account, as it does after wrong credentials.", Words{"Correct the credentials and have the account unlocked. Nothing is tried for 30 minutes, as each attempt may lock it for longer; other credentials are tried at once.", "请更正凭据并请管理员解锁帐号。30 分钟内不再尝试，以免锁定延长；更换凭据后立即尝试。"}},
			{string(Blocked), AboutVendor, "what stands before the vendor, such as a firewall, refused the request and does not say why.", Words{"This network address may not be admitted, or the key or secret is wrong: the answer does not tell. With 418, write the vendor’s host name in the base URL in place of an address.", "可能是网络地址未获准，也可能是密钥或密码错误：应答未说明。若为 418，请在基础地址中使用主机名而非 IP 地址。"}},
			{string(AddressNotAdmitted), AboutVendor, "the vendor does not admit this network address.", Words{"Have the address that the calls come from added to the tenant’s allow list.", "请将调用来源地址加入租户的白名单。"}},
			{string(BadRequest), AboutVendor, "the vendor answered 400.", Words{"Check the base URL and the identity’s fields.", "请检查基础地址和各字段。"}},
			{string(NotFound), AboutVendor, "the vendor answered 404; the base URL is likely wrong.", Words{"Check the base URL: its host, port and path.", "请检查基础地址的主机、端口和路径。"}},
			{string(VendorFailure), AboutVendor, "the vendor answered 500, or a body whose own code (`vendorCode`) says failure.", Words{"Check the values of the fields. It is not repeated at once: the vendors call it a business failure.", "请检查各字段的值。系统称之为业务失败，不会立即重试。"}},
			{string(UnexpectedStatus), AboutVendor, "a status that the vendor's documents do not have.", Words{"Look for a proxy or gateway between.", "请检查中间的代理或网关。"}},
			{string(MalformedResponse), AboutVendor, "the answer is not what the vendor's document describes.", Words{"Check the base URL; a proxy or a login page may have answered. CubeDrive intercepts those who log in too often.", "请检查基础地址；可能由代理或登录页应答。CubeDrive 会拦截登录过于频繁者。"}},
			{string(ResponseTooLarge), AboutVendor, "the answer is larger than 1 MiB.", Words{"Check the base URL: this is not the vendor’s answer.", "请检查基础地址：这不是系统的应答。"}},
			{string(Redirected), AboutVendor, "the vendor answered a redirect, which is never followed with credentials.", Words{"Use the final address as the base URL.", "请使用最终地址作为基础地址。"}},
			{string(Network), AboutVendor, "no connection, or it was lost.", Words{"Check the connection. In a page, the other side must allow the page’s origin, which vendors rarely do.", "请检查网络。对方必须允许本页的来源，而厂商通常不允许。"}},
			{string(Timeout), AboutVendor, "no answer in time.", Words{"No answer in time: try again.", "未及时应答：请重试。"}},
			{string(Unavailable), AboutVendor, "the vendor is not there for the moment, or overloaded: 408, 425, 502 to 504, 520 to 524 or 529.", Words{"The vendor is down. Wait until the time that is shown.", "系统不可用。请等到所示时间。"}},
			{string(RateLimited), AboutVendor, "the vendor answered 429.", Words{"Wait until the time that is shown.", "请等到所示时间。"}},
			{string(CoolingDown), AboutVendor, "not tried, as an earlier attempt failed a moment ago; `cause` is that failure.", Words{"Nothing was sent, as an attempt failed a moment ago. Wait until the time that is shown.", "刚刚失败过，因此未发送。请等到所示时间。"}},
			{string(LoginBudget), AboutVendor, "not tried, as the logins that the vendor tolerates are used up for now.", Words{"Nothing was sent: CubeDrive tolerates no more logins for now. Wait until the time that is shown.", "未发送：CubeDrive 目前不允许更多登录。请等到所示时间。"}},
			{string(TokenRejected), AboutVendor, "the caller had a token renewed a moment ago by calling it rejected, and rejects the new one too; others go on with that.", Words{"Check what the endpoint asks for, and the account’s rights.", "请检查该接口的要求以及帐号权限。"}},
			{string(StaleOnArrival), AboutVendor, "the token was too old to use when it arrived.", Words{"The connection is slower than the token’s life.", "连接耗时超过令牌有效期。"}},
			{string(SignedOut), AboutVendor, "nobody is signed in; `reason` says why. Nothing but a sign-in that somebody asks for changes that.", Words{"Sign in. Nothing does that by itself.", "请签入。不会自动签入。"}},
			{string(AlreadySignedIn), AboutVendor, "the person is signed in elsewhere; a sign-in by force ends that session.", Words{"Signed in elsewhere: sign in by force to end that session.", "已在别处签入：可强制签入以结束该会话。"}},
			{string(Unauthorized), AboutEdge, "the edge does not accept the authorization.", Words{"Sign in again; the edge does not accept this authorization.", "请重新登录；边缘服务不接受此授权。"}},
			{string(Forbidden), AboutEdge, "the edge does not give this connection to this user, or to this page's origin.", Words{"Check the connection’s name, and whether the edge gives it to this user and this page.", "请检查连接名称，以及边缘服务是否允许此用户和此页面使用它。"}},
			{string(Sealed), AboutEdge, "the edge hands out no token of this connection, but makes the calls.", Words{"The edge keeps this token to itself: let it make the call.", "边缘服务不交出此令牌：请让它代为调用。"}},
			{string(Stopped), AboutEdge, "an operator of the edge has stopped this user.", Words{"Ask the edge’s operators: they have stopped this user.", "请联系边缘服务的管理员：此用户已被停用。"}},
			{string(NotConfigured), AboutEdge, "the edge lacks a part of its configuration.", Words{"The edge’s /healthz says what its configuration lacks.", "边缘服务的 /healthz 会说明缺少哪些配置。"}},
			{string(SupplierFailed), AboutCaller, "the `token`, `accessToken` or `authorization` function failed, or gave no token.", Words{"The function that gives the AccessToken failed.", "提供 AccessToken 的函数失败。"}},
			{string(FetchFailed), AboutCaller, "the client's own `fetch` failed by itself, or gave no answer that can be read; `cause` is its error.", Words{"The fetch that was given to the client has a fault.", "传给客户端的 fetch 函数有错误。"}},
			{string(TooManySessions), AboutCaller, "every session is in use, and none has become free in time.", Words{"Close sessions that are not needed.", "请关闭不需要的会话。"}},
			{string(Forgotten), AboutCaller, "the session was forgotten while the caller waited.", Words{"Ask again.", "请重新获取。"}},
			{"aborted", AboutHost, "the caller's AbortSignal fired; `cause` is its reason.", Words{"Ask again.", "请重新获取。"}},
			{"closed", AboutHost, "the client is closed.", Words{"Load the page again.", "请重新加载页面。"}},
			{"invalid_option", AboutHost, "an option of a call is wrong; `field` names it.", Words{"Correct the option that is named.", "请更正所指选项。"}},
			{"module_not_found", AboutHost, "the WebAssembly file is not there.", Words{"Build it with make, and see that the server has dist/core.wasm.", "请用 make 构建，并确认服务器上有 dist/core.wasm。"}},
			{"module_invalid", AboutHost, "the WebAssembly file is not this package's, or compiling is forbidden.", Words{"See what the server answers for dist/core.wasm, and that the page’s policy has 'wasm-unsafe-eval'.", "请检查服务器对 dist/core.wasm 的应答，以及页面策略是否含有 'wasm-unsafe-eval'。"}},
			{"module_stale", AboutHost, "the WebAssembly file is of another build than the JavaScript.", Words{"An old copy of dist/core.wasm answered: put the new one there, and empty the caches.", "应答的是旧的 dist/core.wasm：请放入新文件并清空缓存。"}},
			{"module_started", AboutHost, "`initialize` came with another source after the start.", Words{"Load the page again.", "请重新加载页面。"}},
			{"client_started", AboutHost, "`configure` came after the first use of `getToken` or `verifyToken`, or for a second time.", Words{"Load the page again.", "请重新加载页面。"}},
			{"module_failed", AboutHost, "the WebAssembly module died; the next call starts a fresh one.", Words{"Restart the core. Please report it.", "请重新启动核心，并报告此问题。"}},
		},
		Steps: []Word{
			{string(StepInput), AboutVendor, "is the check of what the caller gave, before anything is sent.", Words{}},
			{string(StepAccessToken), AboutVendor, "gets an AccessToken (tokenByAkSk).", Words{}},
			{string(StepSupply), AboutVendor, "asks the caller's function for the token itself.", Words{}},
			{string(StepAuthorization), AboutVendor, "asks the caller's function for what it shows to an edge.", Words{}},
			{string(StepEdge), AboutVendor, "gets a token from an edge.", Words{}},
			{string(StepApply), AboutVendor, "gets a ccmessaging token (applyToken).", Words{}},
			{string(StepLogin), AboutVendor, "logs in with credentials.", Words{}},
			{string(StepRefresh), AboutVendor, "renews with a refresh token.", Words{}},
			{string(StepVerify), AboutVendor, "asks the vendor whether a token is valid.", Words{}},
			{string(StepCall), AboutVendor, "is a business call that carries a token.", Words{}},
			{string(StepSignOut), AboutVendor, "signs a person out.", Words{}},
			{string(StepKeepAlive), AboutVendor, "is a sign of life for a person who is signed in.", Words{}},
		},
		Reasons: []Word{
			{string(Live), AboutVendor, "the session got the token from the vendor, its life is not over, and nobody rejected it.", Words{"live", "存活"}},
			{string(Confirmed), AboutVendor, "the vendor says that the token is valid.", Words{"confirmed", "已确认"}},
			{string(Denied), AboutVendor, "the vendor says that the token is not valid.", Words{"denied", "被否认"}},
			{string(Expired), AboutVendor, "the token's life is over.", Words{"expired", "已过期"}},
			{string(Rejected), AboutVendor, "the vendor has rejected the token.", Words{"rejected before", "曾被拒绝"}},
			{string(Superseded), AboutVendor, "the session holds a newer token; the older one may or may not still be accepted.", Words{"superseded", "已被取代"}},
			{string(OtherSubject), AboutVendor, "the token says of itself that it belongs to another user or channel.", Words{"another user’s", "属于其他用户"}},
			{string(Unknown), AboutVendor, "nobody here can tell.", Words{"unknown", "未知"}},
			{string(TokenDead), AboutVendor, "a business call's answer means that the token is not accepted any more.", Words{}},
			{string(AccessTokenDead), AboutVendor, "a business call's answer means that the AccessToken is not accepted any more.", Words{}},
			{string(KeyRefused), AboutVendor, "a business call's answer means that the app key is wrong.", Words{}},
			{string(AddressRefused), AboutVendor, "a business call's answer means that this network address is not admitted.", Words{}},
			{string(NeverSignedIn), AboutVendor, "nobody has signed in yet.", Words{"never signed in", "从未签入"}},
			{string(ByCaller), AboutVendor, "the caller signed out, or had the session forgotten.", Words{"signed out", "已签出"}},
		},
		Events: []Word{
			{string(EventAcquired), AboutVendor, "a first token, or one after a gap", Words{"acquired", "已获取"}},
			{string(EventRenewed), AboutVendor, "a token replaced one that could still be used", Words{"renewed", "已续期"}},
			{string(EventAdopted), AboutVendor, "another client of the same store got the token", Words{"adopted", "取自存储"}},
			{string(EventRolled), AboutVendor, "the vendor sent a new token with a response", Words{"rolled", "已滚动"}},
			{string(EventRejected), AboutVendor, "the vendor rejected the current token", Words{"rejected", "被拒绝"}},
			{string(EventReplayed), AboutVendor, "a business call is sent once more", Words{"replayed", "已重发"}},
			{string(EventRetrying), AboutVendor, "a transient failure is ridden out", Words{"retrying", "重试中"}},
			{string(EventFailed), AboutVendor, "an acquisition or verification failed", Words{"failed", "失败"}},
			{string(EventCooling), AboutVendor, "no attempt is made before `retryAt`", Words{"cooling down", "冷却"}},
			{string(EventEvicted), AboutVendor, "the session was dropped to bound memory", Words{"evicted", "被逐出"}},
			{string(EventSignedOut), AboutVendor, "nobody is signed in any more; `reason` and `vendorCode` say why", Words{"signed out", "已签出"}},
		},
	}
}
