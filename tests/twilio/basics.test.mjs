import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse } from "./support/house.mjs";

describe("the stock client with another base URL", () => {
  let house;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  it("fetches the account and sees what Twilio would show", async () => {
    const account = await house.client.api.v2010.accounts(house.keys.account_sid).fetch();
    assert.equal(account.sid, house.keys.account_sid);
    assert.equal(account.status, "active");
    assert.equal(account.type, "Full");
    assert.equal(account.authToken, house.keys.auth_token);
    assert.ok(account.dateCreated instanceof Date && account.dateCreated.getTime() > 0);
    assert.equal(account.subresourceUris.outgoing_caller_ids, house.path("/OutgoingCallerIds.json"));
  });

  it("works with an API key, which never sees the token", async () => {
    const client = house.clientOf(house.keys.api_key_sid, house.keys.api_key_secret, { accountSid: house.keys.account_sid });
    const account = await client.api.v2010.accounts(house.keys.account_sid).fetch();
    assert.equal(account.sid, house.keys.account_sid);
    assert.equal(account.authToken, null);
  });

  it("is refused with 401/20003 for wrong credentials, none, and those of another account", async () => {
    const wrong = house.clientOf(house.keys.account_sid, "0".repeat(32));
    const error = await failure(wrong.api.v2010.accounts(house.keys.account_sid).fetch());
    assert.deepEqual([error.status, error.code], [401, 20003]);

    const bare = await house.raw("GET", house.path(".json"), { user: null });
    assert.equal(bare.status, 401);
    assert.equal(bare.headers.get("www-authenticate"), 'Basic realm="Twilio API"');
    assert.equal(bare.body.code, 20003);
    assert.equal(bare.body.status, 401);
    assert.equal(bare.body.more_info, "https://www.twilio.com/docs/errors/20003");

    // Rule H6: an account that does not exist looks like one that is somebody else's.
    const other = await house.raw("GET", `/2010-04-01/Accounts/AC${"0".repeat(32)}.json`);
    assert.deepEqual([other.status, other.body.code], [401, 20003]);
  });

  it("answers with and without .json, names each request, and knows its methods", async () => {
    for (const path of [house.path(".json"), house.path("")]) {
      const response = await house.raw("GET", path);
      assert.equal(response.status, 200, path);
      assert.match(response.headers.get("twilio-request-id"), /^RQ[0-9a-f]{32}$/);
      assert.match(response.headers.get("twilio-request-duration"), /^\d+\.\d{3}$/);
      assert.match(response.headers.get("content-type"), /^application\/json/);
    }
    const method = await house.raw("PUT", house.path(".json"));
    assert.deepEqual([method.status, method.body.code], [405, 20004]);
    const path = house.path("/Nonsense/NO1.json");
    const missing = await house.raw("GET", path);
    assert.deepEqual([missing.status, missing.body.code], [404, 20404]);
    assert.equal(missing.body.message, `The requested resource ${path} was not found`);
  });

  it("limits an account to 100 requests a second in bursts of 200 (trust section 7)", async () => {
    const answers = [];
    const ask = async () => {
      while (answers.length < 400 || (!answers.some((answer) => answer.status === 429) && answers.length < 5000))
        answers.push(await house.raw("GET", house.path(".json")));
    };
    await Promise.all(Array.from({ length: 40 }, ask));
    const refused = answers.filter((answer) => answer.status === 429);
    assert.ok(refused.length > 0, `all of ${answers.length} requests were answered`);
    assert.ok(answers.filter((answer) => answer.status === 200).length >= 200);
    assert.equal(refused[0].body.code, 20429);
    assert.ok(refused[0].headers.has("retry-after"));
  });
});
