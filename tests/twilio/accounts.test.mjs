import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { failure, startHouse, until } from "./support/house.mjs";

describe("accounts and keys", () => {
  let house;
  let sub;
  before(async () => {
    const config =
      '[webrtc]\nstun_urls = ["stun:stun.example.com:3478"]\nturn_secret = "north"\n' +
      'turn_urls = ["turn:turn.example.com:3478?transport=udp"]\n';
    house = await startHouse({ config });
    sub = await house.client.api.v2010.accounts.create({ friendlyName: "tenant one" });
    house.web.tokens.set(sub.sid, sub.authToken);
  });
  after(() => house?.stop());

  it("sub-accounts have their own token and are listed with their owner", async () => {
    assert.match(sub.sid, /^AC[0-9a-f]{32}$/);
    assert.equal(sub.ownerAccountSid, house.keys.account_sid);
    assert.notEqual(sub.authToken, house.keys.auth_token);
    const all = await house.client.api.v2010.accounts.list();
    assert.deepEqual(all.map((account) => account.sid).sort(), [house.keys.account_sid, sub.sid].sort());
    const named = await house.client.api.v2010.accounts.list({ friendlyName: "tenant one" });
    assert.deepEqual(named.map((account) => account.sid), [sub.sid]);
    const own = house.clientOf(sub.sid, sub.authToken);
    assert.equal((await own.api.v2010.accounts(sub.sid).fetch()).friendlyName, "tenant one");
    const owner = await failure(own.api.v2010.accounts(house.keys.account_sid).fetch());
    assert.deepEqual([owner.status, owner.code], [401, 20003]);
  });

  it("calls belong to their account and their webhooks carry its signature", async () => {
    house.web.on("/tenant", "<Response><Say>hello tenant</Say></Response>");
    const client = house.clientOf(sub.sid, sub.authToken);
    const call = await client.calls.create({
      to: "+15550004001",
      from: "+15550004000",
      url: house.web.url("/tenant"),
      statusCallback: house.web.url("/tenant-status"),
    });
    assert.equal(call.accountSid, sub.sid);
    await house.web.waitFor("/tenant-status", (params) => params.AccountSid === sub.sid && params.CallStatus === "completed");
    assert.deepEqual(house.web.refused, []);
    assert.equal((await failure(house.client.calls(call.sid).fetch())).code, 20404, "rule H6");
    assert.deepEqual((await house.client.calls.list()).map((each) => each.sid), []);
    // The owner's credentials work below the sub-account's path.
    const asOwner = house.clientOf(house.keys.account_sid, house.keys.auth_token, { accountSid: sub.sid });
    assert.equal((await asOwner.calls(call.sid).fetch()).sid, call.sid);
  });

  it("are suspended, revived and closed by their owner only", async () => {
    const client = house.clientOf(sub.sid, sub.authToken);
    const itself = await failure(client.api.v2010.accounts(sub.sid).update({ status: "closed" }));
    assert.equal(itself.status, 400);
    await house.client.api.v2010.accounts(sub.sid).update({ status: "suspended", friendlyName: "tenant 1" });
    const suspended = await failure(client.calls.list());
    assert.deepEqual([suspended.status, suspended.code], [401, 20005]);
    const revived = await house.client.api.v2010.accounts(sub.sid).update({ status: "active" });
    assert.deepEqual([revived.status, revived.friendlyName], ["active", "tenant 1"]);
    await client.calls.list();
  });

  it("keys show their secret once, work, and stop working at once", async () => {
    const key = await house.client.newKeys.create({ friendlyName: "for the shop" });
    assert.match(key.sid, /^SK[0-9a-f]{32}$/);
    assert.ok(key.secret.length >= 32);
    const fetched = await house.client.keys(key.sid).fetch();
    assert.equal(fetched.friendlyName, "for the shop");
    const shown = await house.raw("GET", house.path(`/Keys/${key.sid}.json`));
    assert.ok(!("secret" in shown.body));
    assert.equal((await house.client.keys(key.sid).update({ friendlyName: "shop" })).friendlyName, "shop");

    const client = house.clientOf(key.sid, key.secret, { accountSid: house.keys.account_sid });
    await client.calls.list();
    const administration = await failure(client.keys.list());
    assert.deepEqual([administration.status, administration.code], [401, 20003]);
    assert.ok((await house.client.keys.list()).some((each) => each.sid === key.sid));
    assert.ok((await house.client.signingKeys.list()).some((each) => each.sid === key.sid));
    assert.equal(await house.client.keys(key.sid).remove(), true);
    assert.equal((await failure(client.calls.list())).code, 20003);

    const signing = await house.client.newSigningKeys.create({ friendlyName: "signs" });
    assert.equal(await house.client.signingKeys(signing.sid).remove(), true);
  });

  it("tokens, balance and usage answer", async () => {
    const token = await house.client.tokens.create({ ttl: 3600 });
    assert.equal(token.ttl, "3600");
    const [stun, turn] = token.iceServers;
    assert.equal(stun.urls, "stun:stun.example.com:3478");
    assert.equal(turn.urls, "turn:turn.example.com:3478?transport=udp");
    assert.match(turn.username, /^\d+:AC[0-9a-f]{32}$/);
    assert.equal(turn.credential, createHmac("sha1", "north").update(turn.username).digest("base64"));
    assert.deepEqual([token.username, token.password], [turn.username, turn.credential]);
    const balance = await house.client.balance.fetch();
    assert.deepEqual([balance.balance, balance.currency], ["0.00", "USD"]);

    const placed = await house.client.calls.create({ to: "+15550004002", from: "+15550004000", twiml: "<Response><Say>counted</Say></Response>" });
    await house.ended(placed.sid);
    const [calls] = await until(async () => {
      const records = await house.client.usage.records.today.list({ category: "calls-outbound" });
      return records[0]?.count === "1" && records;
    }, "the call to be counted");
    assert.equal(calls.usage, "1");
    assert.equal(calls.usageUnit, "minutes");
    const all = await house.client.usage.records.list({ limit: 50 });
    assert.ok(all.some((record) => record.category === "totalprice"));
    const daily = await house.client.usage.records.daily.list({ category: "calls" });
    assert.equal(daily.length, 1);
  });
});
