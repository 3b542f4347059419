import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse, until } from "./support/house.mjs";

const APOLOGY = "We are sorry, an application error has occurred. Goodbye.";
const from = "+15550100100";

async function closedPort() {
  const server = createSocketServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("an application that is", { concurrency: true }, () => {
  let house;
  let names = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused.filter(({ path }) => path !== "/forbidden"), [], "signatures are right")));

  /// Calls a phone with `url`, once with a fall-back and once without: the code that is told, the notification.
  async function suffers(url, code) {
    const fallback = `/fallback/${++names}`;
    house.web.on(fallback, "<Response><Say>Plan B.</Say></Response>");
    const rescued = await house.newPhone();
    const alone = await house.newPhone();
    const first = await house.client.calls.create({ to: rescued.number, from, url, fallbackUrl: house.web.url(fallback) });
    const second = await house.client.calls.create({ to: alone.number, from, url });
    assert.equal((await house.ended(first.sid)).status, "completed");
    assert.equal((await house.ended(second.sid)).status, "completed");
    assert.deepEqual(await rescued.heardTexts(), ["Plan B."]);
    assert.equal((await alone.heardTexts()).join(" "), APOLOGY);
    const [{ params }] = house.web.requests(fallback);
    assert.deepEqual([params.ErrorCode, params.ErrorUrl, params.CallSid], [String(code), url, first.sid]);
    for (const { sid } of [first, second]) assert.ok((await house.noted(sid, code)).includes(code));
    const [notification] = await house.client.calls(second.sid).notifications.list();
    assert.equal(notification.log, "0");
    return house.client.api.v2010.account.notifications(notification.sid).fetch();
  }

  it("down", async () => {
    const url = `http://127.0.0.1:${await closedPort()}/voice`;
    const notification = await suffers(url, 11202);
    assert.equal(notification.requestUrl.toString(), url);
    assert.match(notification.requestVariables, /CallSid=CA/);
  });

  it("too slow for the time that its URL gives it, and is not asked again", async () => {
    house.web.on("/slow", () => new Promise(() => {}));
    await suffers(`${house.web.url("/slow")}#rt=1000&tt=1000`, 11203);
    assert.equal(house.web.requests("/slow").length, 2, "one of each call");
  });

  it("broken", async () => {
    house.web.on("/broken", { body: "<Response><Say>Hello</Response>" });
    const notification = await suffers(house.web.url("/broken"), 12100);
    assert.equal(notification.responseBody, "<Response><Say>Hello</Response>");
    house.web.on("/other-root", { body: "<Answer><Say>Hello</Say></Answer>" });
    await suffers(house.web.url("/other-root"), 12102);
  });

  it("lying about the type of what it says", async () => {
    house.web.on("/json", { type: "application/json", body: "<Response><Say>Hello</Say></Response>" });
    await suffers(house.web.url("/json"), 12300);
    house.web.on("/no-twiml", { type: "text/xml", body: '{"say":"hello"}' });
    await suffers(house.web.url("/no-twiml"), 12100);
    house.web.on("/html", { type: "text/html", body: "<Response><Say>It is TwiML all the same.</Say></Response>" });
    const { sid, phone } = await house.run("<Response><Redirect>/html</Redirect></Response>");
    await house.ended(sid);
    assert.deepEqual(await phone.heardTexts(), ["It is TwiML all the same."]);
  });

  it("checking signatures with another token, which the notification hints at", async () => {
    house.web.on("/forbidden", { status: 403, type: "text/plain", body: "Twilio Request Validation Failed." });
    const notification = await suffers(house.web.url("/forbidden"), 11200);
    assert.match(new URLSearchParams(notification.messageText).get("Msg"), /signature|token/i);
  });

  it("failing in a callback, which ends nothing and is noted", async () => {
    house.web.on("/bad-status", { status: 500 });
    const phone = await house.newPhone();
    const call = await house.client.calls.create({ to: phone.number, from, twiml: "<Response><Say>Fine.</Say></Response>", statusCallback: house.web.url("/bad-status") });
    assert.equal((await house.ended(call.sid)).status, "completed");
    assert.deepEqual(await phone.heardTexts(), ["Fine."]);
    await house.noted(call.sid, 15003);
  });

  it("asked again as its URL says", async () => {
    house.web.on("/flaky", { status: 503 }, { status: 500 }, "<Response><Say>Third time lucky.</Say></Response>");
    const phone = await house.newPhone();
    const call = await house.client.calls.create({ to: phone.number, from, url: `${house.web.url("/flaky")}#rc=2&rp=5xx` });
    await house.ended(call.sid);
    assert.deepEqual(await phone.heardTexts(), ["Third time lucky."]);
    const tries = house.web.requests("/flaky");
    assert.equal(tries.length, 3);
    assert.equal(new Set(tries.map(({ headers }) => headers["i-twilio-idempotency-token"])).size, 1);
    assert.equal(new Set(tries.map(({ params }) => params.CallSid)).size, 1);
  });

  it("moved: it is followed, with its cookies", async () => {
    house.web.on("/moved", { status: 302, headers: { location: "/here", "set-cookie": "seen=1; Path=/" } });
    house.web.on("/here", (request) => `<Response><Say>Moved ${request.headers.cookie}.</Say><Redirect>/again</Redirect></Response>`);
    house.web.on("/again", (request) => `<Response><Say>Again ${request.headers.cookie}.</Say></Response>`);
    const phone = await house.newPhone();
    const call = await house.client.calls.create({ to: phone.number, from, url: house.web.url("/moved") });
    await house.ended(call.sid);
    assert.deepEqual(await phone.heardTexts(), ["Moved seen=1.", "Again seen=1."]);
    const methods = ["/moved", "/here", "/again"].flatMap((path) => house.web.requests(path).map(({ method }) => method));
    assert.deepEqual(methods, ["POST", "GET", "POST"]);
  });

  it("asked for something relative to nothing", async () => {
    const phone = await house.newPhone();
    const call = await house.client.calls.create({ to: phone.number, from, twiml: "<Response><Redirect>/relative</Redirect></Response>" });
    await house.ended(call.sid);
    const codes = (await until(async () => {
      const found = await house.client.calls(call.sid).notifications.list();
      return found.length > 0 && found;
    }, "a notification", 15_000, 150)).map(({ errorCode }) => errorCode);
    assert.ok(codes.includes("15004") || codes.includes("11100"), String(codes));
  });
});

describe("signatures", () => {
  let house;
  let server;
  const requests = [];
  before(async () => {
    house = await startHouse();
    server = createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        requests.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.setHeader("content-type", "text/xml");
        response.end("<Response/>");
      });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    server?.close();
    await house?.stop();
  });

  const valid = (request, url, token = house.keys.auth_token) => {
    const params = request.method === "POST" ? Object.fromEntries(new URLSearchParams(request.body)) : {};
    return twilio.validateRequest(token, request.headers["x-twilio-signature"], url, params);
  };
  async function received(path, terms = {}) {
    const phone = await house.newPhone();
    const url = `http://127.0.0.1:${server.address().port}${path}`;
    const call = await house.client.calls.create({ to: phone.number, from, url, ...terms });
    await house.ended(call.sid);
    const request = requests.find((each) => each.body.includes(call.sid) || each.url.includes(call.sid));
    assert.ok(request, `a request for ${path}`);
    return { request, host: `http://127.0.0.1:${server.address().port}` };
  }

  it("are checked here by a package that knows Twilio's vectors", () => {
    const params = { CallSid: "CA1234567890ABCDE", Caller: "+14158675310", Digits: "1234", From: "+14158675310", To: "+18005551212" };
    const url = "https://example.com/myapp?foo=1&bar=2";
    assert.equal(twilio.getExpectedTwilioSignature("12345", url, params), "GPSRTlODYHi4+bX3Qs97BVmS45M=");
    assert.ok(twilio.validateRequestWithBody("12345", "p3jJoN7dtgr18c0quuK0rWEfejM=", `${url}&bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862`, '{"a":1}'));
  });

  it("of forms cover the URL as it was written, its query, and every parameter", async () => {
    for (const path of ["/plain", "/query?foo=1&bar=two%20words&gr%C3%BCn=%26", "/fragment?x=1#rc=2&rp=5xx"]) {
      const { request, host } = await received(path);
      assert.equal(request.method, "POST");
      assert.match(request.headers["content-type"], /^application\/x-www-form-urlencoded/);
      assert.equal(request.headers["user-agent"], "TwilioProxy/1.1");
      assert.ok(valid(request, host + request.url), path);
      assert.equal(host + request.url, host + path.split("#")[0]);
      assert.ok(!valid(request, `${host}${request.url}x`), "of another URL");
      assert.ok(!valid({ ...request, body: request.body.replace("outbound-api", "inbound") }, host + request.url), "of other parameters");
      assert.ok(!valid(request, host + request.url, "0".repeat(32)), "by another token");
    }
  });

  it("of GET requests cover the final query", async () => {
    const { request, host } = await received("/get?foo=1", { method: "GET" });
    assert.equal(request.method, "GET");
    assert.match(request.url, /^\/get\?foo=1&.*CallSid=CA/);
    assert.ok(valid(request, host + request.url));
  });

  it("of URLs with credentials are made without them, and the credentials are sent", async () => {
    const phone = await house.newPhone();
    const url = `http://joe:s%40cret@127.0.0.1:${server.address().port}/private`;
    const call = await house.client.calls.create({ to: phone.number, from, url });
    await house.ended(call.sid);
    const request = requests.find((each) => each.body.includes(call.sid));
    assert.equal(request.headers.authorization, `Basic ${Buffer.from("joe:s@cret").toString("base64")}`);
    assert.ok(valid(request, `http://127.0.0.1:${server.address().port}/private`));
  });
});
