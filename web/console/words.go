package console

import (
	"strconv"
	"strings"

	"cctoken/core"
)

// Language is one of the vendors' two.
type Language int

const (
	English Language = iota
	Chinese
)

// LanguageOf reads a language tag such as "zh-Hans-CN"; all that is not Chinese is English.
func LanguageOf(tag string) Language {
	if tag = strings.ToLower(tag); tag == "zh" || strings.HasPrefix(tag, "zh-") {
		return Chinese
	}
	return English
}

// Tag is the language's tag for the page.
func (l Language) Tag() string {
	if l == Chinese {
		return "zh-Hans"
	}
	return "en"
}

// Words chooses the language's one.
func (l Language) Words(w core.Words) string {
	if l == Chinese {
		return w.Chinese
	}
	return w.English
}

// Say returns a text; {1}, {2} … in it are replaced by the values. A key that has no text is shown as it is: a new
// code of the package is better than nothing.
func (l Language) Say(key string, values ...string) string {
	text := key
	if both, ok := texts[key]; ok {
		text = both[l]
	} else if _, rest, ok := strings.Cut(key, " "); ok {
		text = rest
	}
	for i, value := range values {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i+1)+"}", value)
	}
	return text
}

// Has reports whether there is a text for a key.
func Has(key string) bool {
	_, ok := texts[key]
	return ok
}

// texts are what the page says by itself; what stands in index.html is there in both languages. A key is a kind and a
// name: "state live". What the package's own words mean, the package says.
var texts = with(core.AllWords(), map[string][2]string{
	"state empty":    {"No token yet", "尚无令牌"},
	"state asking":   {"Getting a token…", "正在获取令牌…"},
	"state live":     {"Live", "有效"},
	"state due":      {"Live, renewal due", "有效，待续期"},
	"state withheld": {"About to end: not handed out", "即将到期：不再发放"},
	"state expired":  {"Expired", "已过期"},
	"state denied":   {"Rejected by the vendor", "被系统拒绝"},
	"state paused":   {"Cooling down", "冷却中"},
	"state broken":   {"Failed", "失败"},
	"state out":      {"Signed out", "已签出"},
	"state out why":  {"Signed out: {1}", "已签出：{1}"},
	"state gone":     {"Token lost from memory", "令牌已从内存丢失"},

	"out token_dead": {"the vendor has ended the session", "系统已结束会话"},
	"out rejected":   {"the token was rejected", "令牌被拒绝"},
	"out expired":    {"its time is over", "时间已到"},
	"out by_caller":  {"as was asked for", "应请求"},

	"event exchange": {"exchange", "请求"},
	"event fault":    {"sandbox", "沙箱"},

	"target sandbox": {"Sandbox", "沙箱"},
	"target edge":    {"Edge", "边缘"},
	"target vendor":  {"Vendor", "厂商"},

	"kept live":     {"live", "有效"},
	"kept renewing": {"being renewed", "更新中"},
	"kept cooling":  {"cooling down", "冷却中"},
	"kept rejected": {"rejected", "被拒绝"},
	"kept idle":     {"idle", "空闲"},
	"kept none":     {"no sessions", "无会话"},

	"operator network":           {"No answer that this page may read: check the URL, and that the edge’s operators.origins has this page’s origin.", "没有本页可读取的应答：请检查地址，以及边缘的 operators.origins 是否包含本页的来源。"},
	"operator forbidden":         {"The edge shows nothing to this bearer: check that it is an operator’s, and has not ended.", "边缘未向该令牌展示任何内容：请检查它是否属于运维人员、是否已过期。"},
	"operator full":              {"The edge keeps as many stops as it can: end those that are over.", "停用列表已满：请先解除已无需保留的停用。"},
	"operator unavailable":       {"The edge cannot answer at the moment: try again.", "边缘暂时无法应答：请重试。"},
	"operator unexpected_status": {"What answers is not an edge, or one of another version.", "应答方不是边缘，或版本不同。"},
	"operator self":              {"No operator can stop itself: nobody could take it back.", "运维人员不能停用自己：那样将无人能够解除。"},

	"fault 401":      {"401 unauthorised", "401 未授权"},
	"fault 403":      {"403 forbidden", "403 禁止"},
	"fault 429":      {"429 too many requests", "429 请求过多"},
	"fault 429 10":   {"429, retry after 10 s", "429，10 秒后重试"},
	"fault 500":      {"500 business failure", "500 业务失败"},
	"fault 502":      {"502 bad gateway", "502 网关错误"},
	"fault 503":      {"503 unavailable", "503 不可用"},
	"fault 503 10":   {"503, retry after 10 s", "503，10 秒后重试"},
	"fault 504":      {"504 gateway timeout", "504 网关超时"},
	"fault delay 3":  {"answer 3 s late", "延迟 3 秒应答"},
	"fault delay 40": {"answer 40 s late", "延迟 40 秒应答"},
	"fault reset":    {"connection reset", "连接中断"},
	"fault truncate": {"answer cut short", "应答被截断"},
	"fault html":     {"a page of HTML", "返回 HTML 页面"},
	"fault html403":  {"a firewall’s page with 403", "防火墙返回 403 页面"},
	"fault html418":  {"a firewall’s page with 418", "防火墙返回 418 页面"},
	"fault types":    {"wrong JSON types", "JSON 类型错误"},
	"fault huge":     {"2 MiB of JSON", "2 MiB 的 JSON"},
	"fault empty":    {"empty answer", "空应答"},
	"fault redirect": {"redirect", "重定向"},

	"place login":    {"login", "登录"},
	"place refresh":  {"refresh", "刷新"},
	"place verify":   {"verify", "校验"},
	"place business": {"business call", "业务调用"},

	"verdict true":          {"valid", "有效"},
	"verdict false":         {"not valid", "无效"},
	"verdict null":          {"cannot be told", "无法判断"},
	"source vendor":         {"the vendor says", "系统确认"},
	"source core":           {"the core says", "核心判断"},
	"verified":              {"{1} ({2}: {3}), {4}", "{1}（{2}：{3}），{4}"},
	"verified not":          {"not yet", "尚未"},
	"life none":             {"no lifetime stated", "未说明有效期"},
	"life left":             {"{1} left", "剩余 {1}"},
	"life over":             {"over", "已结束"},
	"life marks":            {"renewed from {1}, handed out until {2}, ends {3}", "{1} 起续期，{2} 前可发放，{3} 到期"},
	"life marks whole":      {"renewed from {1}, handed out until it ends at {2}", "{1} 起续期，{2} 到期前可发放"},
	"life whole":            {"handed out until it ends at {1}", "{1} 到期前可发放"},
	"life marks fixed":      {"handed out until {1}, ends {2}", "{1} 前可发放，{2} 到期"},
	"life value":            {"{1} of the life is left", "剩余有效期 {1}"},
	"ends at":               {"ends {1}", "{1} 到期"},
	"retry at":              {"Nothing is tried before {1}.", "{1} 之前不再尝试。"},
	"token none":            {"–", "–"},
	"token number":          {"no. {1}", "第 {1} 个"},
	"exchange none":         {"nothing was sent", "尚未发送"},
	"exchange":              {"{1} {2}: {3}, {4} ms", "{1} {2}：{3}，{4} 毫秒"},
	"exchange lost":         {"no answer", "无应答"},
	"exchange on its way":   {"on its way", "进行中"},
	"shared":                {"{1} (shared)", "{1}（共用）"},
	"revoke part":           {"Revoke {1}", "吊销 {1}"},
	"form call":             {"Business call", "业务调用"},
	"form method":           {"Method of the business call", "业务调用的方法"},
	"form path":             {"a path under the base URL; the token is added", "基础地址下的路径；令牌会自动加上"},
	"form further":          {"Optional: {1} more", "可选：另有 {1} 项"},
	"form open":             {"Open session", "打开会话"},
	"form lines":            {"{1}; one name=value a line", "{1}；每行一个 名称=值"},
	"form lines secret":     {"{1}; one name=value a line, shown while you edit", "{1}；每行一个 名称=值，编辑时可见"},
	"change":                {"Session {1}: {2}. ", "会话 {1}：{2}。"},
	"more changes":          {"And {1} more.", "另有 {1} 个。"},
	"session closed":        {"A closed session", "已关闭的会话"},
	"session":               {"Session {1}", "会话 {1}"},
	"button in":             {"{1}: session {2}", "{1}：会话 {2}"},
	"token of":              {"Token of session {1}", "会话 {1} 的令牌"},
	"life of":               {"Remaining life: session {1}", "剩余有效期：会话 {1}"},
	"fault at":              {"Where: session {1}", "位置：会话 {1}"},
	"fault kind":            {"Fault: session {1}", "故障：会话 {1}"},
	"fault times":           {"How often: session {1}", "次数：会话 {1}"},
	"times wrong":           {"How often must be a whole number from 1 to 100.", "次数必须是 1 到 100 的整数。"},
	"timeline summary":      {"{1} events of {2} sessions from {3} to {4}", "{3} 至 {4}，{2} 个会话的 {1} 个事件"},
	"timeline all":          {"All sessions", "全部会话"},
	"event times":           {"{1} ×{2}", "{1} ×{2}"},
	"sessions none":         {"No session is open.", "没有打开的会话。"},
	"sessions former one":   {"One session was open before this page was loaded. It was in memory only, and is gone: open it again. Secrets are never stored.", "页面重新加载前有 1 个会话。它只在内存中，现已消失，请重新打开。密钥从不存储。"},
	"sessions former":       {"{1} sessions were open before this page was loaded. They were in memory only, and are gone: open them again. Secrets are never stored.", "页面重新加载前有 {1} 个会话。它们只在内存中，现已消失，请重新打开。密钥从不存储。"},
	"core died":             {"The token core has died, and the tokens that it kept are gone (module_failed). Restart it to go on; the sessions stay on the page.", "令牌核心已停止，其保存的令牌已丢失（module_failed）。重新启动即可继续；会话仍保留在页面上。"},
	"core missing":          {"The token core does not start: {1}", "令牌核心无法启动：{1}"},
	"blocked":               {"This page’s policy (Content-Security-Policy) does not let it call {1}. Start the local server with -connect {1}.", "本页的策略（Content-Security-Policy）不允许访问 {1}。请用 -connect {1} 启动本地服务器。"},
	"said ready":            {"Ready.", "就绪。"},
	"said restarted":        {"The token core is running again.", "令牌核心已重新运行。"},
	"said opened":           {"Session {1} is open.", "会话 {1} 已打开。"},
	"said token":            {"Session {1}: a token is here.", "会话 {1}：已有令牌。"},
	"said verified":         {"Session {1}: {2}.", "会话 {1}：{2}。"},
	"said called":           {"Session {1}: the call was answered with {2}.", "会话 {1}：调用返回 {2}。"},
	"said replayed":         {"Session {1}: the token was rejected and renewed, and the call sent once more: {2}.", "会话 {1}：令牌被拒绝并已更新，调用已重发：{2}。"},
	"said revoked":          {"Session {1}: tokens revoked at the sandbox: {2}. The page does not know yet: call to see it find out.", "会话 {1}：沙箱已吊销令牌 {2} 个。页面尚不知情，请发起调用。"},
	"said roll":             {"Session {1}: the next call brings a new token ({2} waiting).", "会话 {1}：下次调用将带回新令牌（等待 {2} 个）。"},
	"said fault":            {"Session {1}: {2} × “{3}” waits at {4}.", "会话 {1}：{4} 处等待 {2} 次“{3}”。"},
	"said copied":           {"Session {1}: the token is on the clipboard.", "会话 {1}：令牌已复制到剪贴板。"},
	"said not copied":       {"The browser does not let the page copy. Reveal the token and copy it by hand.", "浏览器不允许复制。请显示令牌后手动复制。"},
	"said signed out":       {"Session {1}: signed out.", "会话 {1}：已签出。"},
	"said out":              {"Session {1}: {2}.", "会话 {1}：{2}。"},
	"no overview":           {"It cannot be seen at the moment ({1}).", "暂时无法查看（{1}）。"},
	"logins hour":           {"logins in the last hour", "最近一小时登录"},
	"keeper":                {"Keeper", "保管者"},
	"keeper shared":         {"shared token", "共用令牌"},
	"keepers of":            {"Keepers of {1}", "{1} 的保管者"},
	"keeper sessions":       {"Sessions", "会话"},
	"keeper known":          {"In memory", "内存中"},
	"keeper logins":         {"Logins in the last hour", "最近一小时登录"},
	"keeper requests":       {"Requests under way", "进行中的请求"},
	"keeper age":            {"Up for", "已运行"},
	"keeper silent":         {"does not answer: {1}", "无应答：{1}"},
	"keeper away":           {"not in memory: nobody has asked for its sessions lately", "不在内存中：近期无人使用其会话"},
	"keeper queued":         {"{1} waiting", "{1} 个等待"},
	"keeper unstored":       {"{1} records being written", "{1} 条记录写入中"},
	"and":                   {"{1}, {2}", "{1}，{2}"},
	"span d":                {"{1} d", "{1} 天"},
	"span h":                {"{1} h", "{1} 小时"},
	"span min":              {"{1} min", "{1} 分"},
	"span s":                {"{1} s", "{1} 秒"},
	"waits":                 {"The vendor is left alone for", "暂不访问厂商的会话"},
	"no waits":              {"Nothing waits: no session is cooling down.", "没有等待：无会话处于冷却中。"},
	"until":                 {"until {1}", "至 {1}"},
	"reset":                 {"Reset", "重置"},
	"reset of":              {"Reset: session {1}", "重置：会话 {1}"},
	"budgets":               {"Login budgets of {1} sessions", "{1} 个会话的登录额度"},
	"budgets spent":         {"Login budgets of {1} sessions, {2} used up", "{1} 个会话的登录额度，{2} 个已用尽"},
	"budgets of":            {"Login budgets of {1}", "{1} 的登录额度"},
	"budget session":        {"Session", "会话"},
	"budget used":           {"Used", "已用"},
	"budget left":           {"Left", "剩余"},
	"budget free":           {"The next from", "下次可登录"},
	"of":                    {"{1} of {2}", "{1} / {2}"},
	"not listed":            {"{1} more are not listed.", "另有 {1} 项未列出。"},
	"stops":                 {"Who is stopped", "已停用的用户"},
	"stops none":            {"Nobody is stopped.", "没有已停用的用户。"},
	"stop who":              {"User (hash)", "用户（哈希）"},
	"stop where":            {"Connection", "连接"},
	"stop since":            {"Since", "开始时间"},
	"stop end":              {"End", "解除"},
	"end of":                {"End the stop: {1}, {2}", "解除停用：{1}，{2}"},
	"everywhere":            {"all connections", "所有连接"},
	"edge wrong":            {"An https URL without a path, or http of this machine.", "不含路径的 https 地址，或本机的 http 地址。"},
	"bearer wrong":          {"The JWT of an operator is missing.", "缺少运维人员的 JWT。"},
	"subject wrong":         {"The subject is missing.", "缺少用户标识。"},
	"said looked":           {"Connections: {1}, as of {2}.", "连接：{1} 个，截至 {2}。"},
	"said stopped":          {"Stopped: {1}, {2}.", "已停用：{1}，{2}。"},
	"said pending":          {" Tokens of {1} are forgotten when this user next comes.", "{1} 的令牌将在该用户下次到来时清除。"},
	"said resumed":          {"The stop has ended: {1}, {2}.", "已解除停用：{1}，{2}。"},
	"said reset":            {"The waiting time of {1} has ended.", "{1} 的等待已结束。"},
	"said not reset":        {"The edge has no session {1} in memory.", "边缘内存中没有会话 {1}。"},
	"said forgot":           {"The bearer and what it showed are off the page.", "令牌及其展示的内容已从页面清除。"},
	"said closed":           {"Session {1} is closed and its token forgotten.", "会话 {1} 已关闭，令牌已忘记。"},
	"said saved":            {"The timeline was saved: {1} events.", "时间线已保存：{1} 个事件。"},
	"said failed":           {"Session {1}: {2}. {3}", "会话 {1}：{2}。{3}"},
	"said call failed":      {"Session {1}: the call itself failed: no connection, or the other side does not allow this page’s origin.", "会话 {1}：调用失败：没有连接，或对方不允许本页的来源。"},
	"said sandbox":          {"The sandbox could not be asked: {1}", "无法访问沙箱：{1}"},
	"said form":             {"The form has something to correct: {1}", "表单有误：{1}"},
	"said cleared":          {"Faults that waited at the sandbox are cleared: {1}.", "已清除沙箱中等待的故障：{1} 个。"},
	"said nothing to clear": {"No fault was waiting.", "没有等待的故障。"},
})

func with(all core.Vocabulary, texts map[string][2]string) map[string][2]string {
	for kind, words := range map[string][]core.Word{"advice ": all.Codes, "event ": all.Events, "reason ": all.Reasons} {
		for _, w := range words {
			if w.Say != (core.Words{}) {
				texts[kind+w.Name] = [2]string{w.Say.English, w.Say.Chinese}
			}
		}
	}
	return texts
}
