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
