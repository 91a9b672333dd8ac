// Gets and verifies a token of each system from the sandbox on the page's own server.
import { createClient, TokenError } from "/js/browser.js";
import { sandboxIdentities } from "/js/demo/identities.js";

const rows = document.querySelector("#sessions");
const status = document.querySelector("#status");
const template = document.querySelector("#session");

/** Logins by system, as the client reports them. */
const logins = new Map();

const client = createClient({
	onEvent(event) {
		if (event.step !== "access_token") {
			logins.set(event.system, event.logins);
		}
	},
});

await Promise.all(sandboxIdentities(location.origin).map(show));
if (!status.classList.contains("failed")) {
	say("Every token was fetched and verified.");
}

/** Adds the row of a session and fills it. */
async function show({ identity, path, init }) {
	const row = template.content.firstElementChild.cloneNode(true);
	const session = client.session(identity);
	row.dataset.system = identity.system;
	row.querySelector("th").textContent = identity.system;
	for (const button of row.querySelectorAll("button")) {
		button.setAttribute("aria-label", `${button.textContent}: ${identity.system}`);
	}
	rows.append(row);

	const get = async () => {
		const token = await session.getToken();
		row.querySelector(".token").textContent = `${token.value.slice(0, 4)}…${token.value.slice(-4)}`;
		row.querySelector(".expires").textContent = token.expiresAt?.toLocaleTimeString() ?? "not stated";
		row.querySelector(".logins").textContent = logins.get(identity.system) ?? 0;
		return `${identity.system}: a token is here.`;
	};
	const verify = async () => {
		const { valid, source, reason } = await session.verify();
		const cell = row.querySelector(".verified");
		cell.textContent = `${valid === null ? "unknown" : valid ? "valid" : "not valid"} (${source}: ${reason})`;
		cell.dataset.valid = String(valid);
		return `${identity.system}: ${cell.textContent}.`;
	};
	const call = async () => {
		await fetch("/_sandbox/revoke", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ system: identity.system, all: true }),
		});
		const response = await session.fetch(path, init);
		await get();
		await verify();
		return `${identity.system}: the token was revoked, renewed at the 401, and the call was sent once more: ${response.status}.`;
	};

	/** What the row says of a token must not outlive it. */
	const failed = (error) => {
		const cell = row.querySelector(".verified");
		cell.textContent = error.code ?? error.name;
		cell.dataset.valid = "false";
		sayFailed(error);
	};

	const actions = { get, verify, call };
	row.addEventListener("click", ({ target }) => {
		const action = actions[target.dataset.action];
		if (action && target.getAttribute("aria-disabled") !== "true") {
			perform(target, action, failed);
		}
	});
	try {
		await get();
		await verify();
	} catch (error) {
		failed(error);
	}
}

/** Performs an action and says how it went. The button keeps the focus: it is marked, not disabled. */
async function perform(button, action, failed) {
	button.setAttribute("aria-disabled", "true");
	try {
		say(await action());
	} catch (error) {
		failed(error);
	} finally {
		button.removeAttribute("aria-disabled");
	}
}

function sayFailed(error) {
	const when = error instanceof TokenError && error.retryAt ? ` Next try at ${error.retryAt.toLocaleTimeString()}.` : "";
	say(`${error.code ?? error.name}: ${error.message.replace(/\.$/, "")}.${when}`, true);
}

function say(text, failed = false) {
	status.textContent = text;
	status.classList.toggle("failed", failed);
}
