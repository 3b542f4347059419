import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse } from "./support/house.mjs";

describe("lookups", () => {
  let house;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  it("tell what a number is", async () => {
    const number = await house.client.lookups.v2.phoneNumbers("+14158675308").fetch({ fields: "line_type_intelligence" });
    assert.equal(number.valid, true);
    assert.deepEqual(number.validationErrors, []);
    assert.equal(number.countryCode, "US");
    assert.equal(number.callingCountryCode, "1");
    assert.equal(number.phoneNumber, "+14158675308");
    assert.equal(number.nationalFormat, "(415) 867-5308");
    assert.equal(number.lineTypeIntelligence.type, "unknown");
    assert.equal(number.callerName, null);
    const national = await house.client.lookups.v2.phoneNumbers("9123 4567").fetch({ countryCode: "SG" });
    assert.equal(national.phoneNumber, "+6591234567");
  });

  it("tell what is wrong with a number, and do not fail for it", async () => {
    for (const [text, flaw] of [["+1415", "TOO_SHORT"], ["+14158675308123", "TOO_LONG"], ["hello", "NOT_A_NUMBER"], ["+11115550123", "INVALID_BUT_POSSIBLE"]]) {
      const number = await house.client.lookups.v2.phoneNumbers(text).fetch();
      assert.equal(number.valid, false, text);
      assert.deepEqual(number.validationErrors, [flaw], text);
    }
  });

  it("v1 is 404 for what is no number", async () => {
    const number = await house.client.lookups.v1.phoneNumbers("+14158675308").fetch({ type: ["carrier"] });
    assert.equal(number.nationalFormat, "(415) 867-5308");
    assert.ok("type" in number.carrier);
    assert.equal((await failure(house.client.lookups.v1.phoneNumbers("+1415").fetch())).status, 404);
  });
});
