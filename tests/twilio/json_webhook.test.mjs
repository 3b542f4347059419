/// A webhook whose body is JSON, received as Twilio's package expects one: by its Express middleware, which takes
/// the hash of the body from the URL (bodySHA256) and the signature from X-Twilio-Signature.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import express from "express";
import twilio from "twilio";
import { startHouse, until } from "./support/house.mjs";

describe("a JSON webhook", () => {
  let house;
  let server;
  let host;
  const accepted = [];

  before(async () => {
    const app = express();
    app.use(express.json({ verify: (request, _, bytes) => (request.rawBody = bytes.toString()) }));
    app.use((request, response, next) => twilio.webhook({ validate: true }, house.keys.auth_token)(request, response, next));
    app.post("/events", (request, response) => {
      accepted.push({ url: request.originalUrl, headers: request.headers, body: request.rawBody });
      response.sendStatus(204);
    });
    await new Promise((resolve) => (server = app.listen(0, "127.0.0.1", resolve)));
    host = `http://127.0.0.1:${server.address().port}`;
    house = await startHouse({ config: `[flux]\nwebhook_url = "${host}/events?from=flux"\n` });
  });
  after(async () => {
    await house?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  const repeat = (received, changes) => {
    const { host: _, "content-length": __, connection: ___, ...headers } = received.headers;
    const { url, body } = { ...received, ...changes };
    return fetch(host + url, { method: "POST", headers, body });
  };

  it("is signed over its URL, which has the hash of the body", async () => {
    const phone = await house.newPhone({ script: [{ after_ms: 500, press: "1" }] });
    const placed = await fetch(`${house.belfry.url}/notifications/call`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ phone_number: phone.number, task_title: "Sign the lease", task_id: "task-7" }),
    });
    assert.equal(placed.status, 201);
    const received = await until(() => accepted[0], "task.acknowledged");
    assert.equal(JSON.parse(received.body).data.task_id, "task-7");
    const hash = createHash("sha256").update(received.body).digest("hex");
    assert.equal(received.url, `/events?from=flux&bodySHA256=${hash}`);
    assert.ok(received.headers["webhook-id"], "the headers of Standard Webhooks are there too");

    const signature = received.headers["x-twilio-signature"];
    const validates = (url, body) => twilio.validateRequestWithBody(house.keys.auth_token, signature, url, body);
    assert.ok(validates(host + received.url, received.body));
    assert.ok(!validates(host + received.url, received.body.replace("task-7", "task-8")), "another body");
    assert.ok(!validates(`${host}${received.url}0`, received.body), "another URL");

    assert.equal((await repeat(received)).status, 204);
    assert.equal((await repeat(received, { body: received.body.replace("task-7", "task-8") })).status, 403);
    assert.equal((await repeat(received, { url: received.url.replace("flux", "flax") })).status, 403);
    assert.equal(accepted.length, 2);
  });
});
