// Takes the pictures of web/pictures anew (make screenshots), in Chromium. Look at them before they are committed.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { launch } from "./browsers.js";
import { chinese } from "./chromium.js";
import { startFront } from "./front.js";
import { folder, take, views } from "./pictures.js";

if (process.platform === "linux" && !existsSync(chinese)) {
	console.log("There is no Chinese font: the Chinese pictures will show boxes. On Debian, install fonts-wqy-microhei.");
}
const front = await startFront();
const browser = await launch("chromium");
try {
	await mkdir(folder, { recursive: true });
	for (const view of views) {
		const { parts, png } = await take(browser, front, view);
		await writeFile(new URL(`${view.name}.png`, folder), png);
		const lines = parts.map((part) => `\t${JSON.stringify(part)}`).join(",\n");
		await writeFile(new URL(`${view.name}.json`, folder), `[\n${lines}\n]\n`);
		console.log(`${view.name}: ${parts.length} parts, ${Math.ceil(png.length / 1024)} KB`);
	}
} finally {
	await browser.close();
	await front.stop();
}
