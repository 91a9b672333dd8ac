// The edge as a handler in the servers that people have, mounted below a path.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { json, startVendor } from "../edge/vendor.js";
import { asks, edgeTo, machine } from "./mounted.js";

/** @typedef {ReturnType<typeof edgeTo>} Edge */

/** A listener of node:http that has the edge at /edge, and a page of the program's own at /own. @type {Record<string, (edge: Edge) => Promise<import("node:http").RequestListener>>} */
const programs = {
	async express(edge) {
		const app = express();
		app.use("/edge", edge.handler);
		app.get("/own", (_request, response) => void response.send("own"));
		return app;
	},
	async fastify(edge) {
		const app = fastify();
		app.removeAllContentTypeParsers(); // the edge reads the body itself
		app.addContentTypeParser("*", (_request, _payload, done) => done(null));
		app.all("/edge/*", (request, reply) => {
			reply.hijack();
			edge.handler(request.raw, reply.raw);
		});
		app.get("/own", () => "own");
		await app.ready();
		return (request, response) => app.routing(request, response);
	},
	async hono(edge) {
		const app = new Hono();
		app.all("/edge/*", ({ env }) => {
			const { incoming, outgoing } = /** @type {any} */ (env);
			edge.handler(incoming, outgoing);
			return RESPONSE_ALREADY_SENT;
		});
		app.get("/own", (c) => c.text("own"));
		return getRequestListener(app.fetch);
	},
	async koa(edge) {
		const app = new Koa();
		app.use(async (context, next) => {
			if (!context.path.startsWith("/edge/")) {
				return next();
			}
			context.respond = false;
			edge.handler(context.req, context.res);
		});
		app.use((context) => void (context.body = "own"));
		return app.callback();
	},
};

/** @type {Awaited<ReturnType<typeof startVendor>>} */
let vendor;
before(async () => {
	vendor = await startVendor();
	vendor.business = (_request, response, seen) => json(response, { url: seen.url, body: seen.body });
});
after(() => vendor?.close());

for (const [name, program] of Object.entries(programs)) {
	describe(`in ${name}`, () => {
		/** @type {Edge} */
		let edge;
		/** @type {import("node:http").Server} */
		let server;
		let url = "";
		before(async () => {
			edge = edgeTo(vendor.url, { path: "/edge" });
			server = createServer(await program(edge)).listen(0, "127.0.0.1");
			await once(server, "listening");
			url = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
		});
		after(() => {
			server?.closeAllConnections();
			server?.close();
			edge?.close();
		});

		test("a signed request, whose signature is over the whole path, gets a token", async () => {
			const response = await machine(`${url}/edge/v1/token`, asks("open-isales"));
			const text = await response.text();
			assert.equal(response.status, 200, text);
			assert.ok(vendor.tokens.includes(JSON.parse(text).token));
			assert.equal(response.headers.get("cache-control"), "no-store");
		});

		test("a sealed call passes with its body, and its answer comes back", async () => {
			const body = JSON.stringify({ words: "x".repeat(100_000) });
			const response = await machine(`${url}/edge/v1/call/isales/rest/isales/v1/openapi/obs/business?a=b`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body,
			});
			const answer = await response.json();
			assert.deepEqual([response.status, answer.url, answer.body], [200, "/rest/isales/v1/openapi/obs/business?a=b", body]);
		});

		test("what it refuses is its own answer, and the program's other pages are the program's", async () => {
			const refused = await fetch(`${url}/edge/v1/token`, asks("open-isales"));
			assert.deepEqual([refused.status, refused.headers.get("content-type")], [401, "application/problem+json"]);
			assert.equal((await fetch(`${url}/edge/healthz`)).status, 200);
			assert.equal((await fetch(`${url}/edge/nothing`)).status, 404);
			assert.equal(await (await fetch(`${url}/own`)).text(), "own");
		});
	});
}

test("where a framework has read the body before, the edge says that it is the program's fault, and hands out nothing", async () => {
	const edge = edgeTo(vendor.url, { path: "/edge" });
	const app = express();
	app.use(express.json());
	app.use("/edge", edge.handler);
	const server = createServer(app).listen(0, "127.0.0.1");
	await once(server, "listening");
	try {
		const url = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
		const response = await machine(`${url}/edge/v1/token`, asks("open-isales"));
		const { code } = await response.json();
		assert.deepEqual([response.status, code], [500, "internal"]);
	} finally {
		server.closeAllConnections();
		server.close();
		edge.close();
	}
});
