// Chooses the page's language before anything is painted: what was chosen here last, or else the browser's. The texts
// of both languages are in the page, and the style sheet shows one of them.
{
	let chosen;
	try {
		chosen = localStorage.getItem("language");
	} catch {
		// Where storage is forbidden, the choice lasts as long as the page.
	}
	const first = chosen ?? navigator.languages?.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "en";
	document.documentElement.lang = /^zh\b/i.test(first) ? "zh-Hans" : "en";
}
