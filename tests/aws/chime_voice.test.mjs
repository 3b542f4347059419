import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as chime from "@aws-sdk/client-chime-sdk-voice";
import { startCarrier } from "../support/carrier.mjs";
import { failure, startCloud, until } from "./support/clouds.mjs";

// The carrier is no trunk of the configuration, and phones stay simulated.
const config = 'simulator = "on"\n';

describe("Chime SDK Voice", { timeout: 90_000 }, () => {
  let cloud;
  before(async () => (cloud = await startCloud({ config })));
  after(() => cloud?.stop());
  const send = (name, input = {}) => cloud.voice.send(new chime[`${name}Command`](input));

  async function order(areaCode, count) {
    const { E164PhoneNumbers } = await send("SearchAvailablePhoneNumbers", { AreaCode: areaCode, MaxResults: count });
    assert.equal(E164PhoneNumbers.length, count);
    const { PhoneNumberOrder } = await send("CreatePhoneNumberOrder", {
      ProductType: "VoiceConnector",
      E164PhoneNumbers,
    });
    assert.equal(PhoneNumberOrder.Status, "Successful");
    return [E164PhoneNumbers, PhoneNumberOrder];
  }
  async function connector(Name) {
    const { VoiceConnector } = await send("CreateVoiceConnector", { Name, RequireEncryption: false });
    return VoiceConnector;
  }

  it("finds, orders and shows numbers, which Twilio's face has too", async () => {
    const [numbers, made] = await order("415", 3);
    assert.ok(numbers.every((each) => /^\+1415555\d{4}$/.test(each)));
    assert.deepEqual(made.OrderedPhoneNumbers.map((each) => each.Status), ["Acquired", "Acquired", "Acquired"]);
    const again = await send("GetPhoneNumberOrder", { PhoneNumberOrderId: made.PhoneNumberOrderId });
    assert.deepEqual(again.PhoneNumberOrder, made);
    const { PhoneNumber } = await send("GetPhoneNumber", { PhoneNumberId: numbers[0] });
    assert.equal(PhoneNumber.E164PhoneNumber, numbers[0]);
    assert.equal(PhoneNumber.Status, "Unassigned");
    assert.equal(PhoneNumber.OrderId, made.PhoneNumberOrderId);
    assert.ok(PhoneNumber.CreatedTimestamp instanceof Date);
    const { incoming_phone_numbers } = await cloud.twilio("GET", "/IncomingPhoneNumbers");
    for (const number of numbers) assert.ok(incoming_phone_numbers.some((each) => each.phone_number === number));
    const taken = await send("CreatePhoneNumberOrder", {
      ProductType: "VoiceConnector",
      E164PhoneNumbers: [numbers[0], "+14155559999"],
    });
    assert.equal(taken.PhoneNumberOrder.Status, "Failed");
    const twilio = await cloud.twilio("POST", "/IncomingPhoneNumbers", { AreaCode: "503" });
    const { PhoneNumbers } = await send("ListPhoneNumbers");
    assert.ok(PhoneNumbers.some((each) => each.PhoneNumberId === twilio.phone_number));
  });

  it("pages through numbers", async () => {
    const [numbers] = await order("212", 5);
    const seen = [];
    const pages = chime.paginateListPhoneNumbers({ client: cloud.voice, pageSize: 2 }, {});
    for await (const page of pages) {
      assert.ok(page.PhoneNumbers.length <= 2);
      seen.push(...page.PhoneNumbers.map((each) => each.PhoneNumberId));
    }
    assert.equal(new Set(seen).size, seen.length);
    for (const number of numbers) assert.ok(seen.includes(number));
  });

  it("changes, deletes and restores a number", async () => {
    const [[number]] = await order("312", 1);
    const { PhoneNumber } = await send("UpdatePhoneNumber", { PhoneNumberId: number, Name: "Desk", CallingName: "Kin" });
    assert.deepEqual([PhoneNumber.Name, PhoneNumber.CallingName], ["Desk", "Kin"]);
    await send("DeletePhoneNumber", { PhoneNumberId: number });
    const { PhoneNumbers } = await send("ListPhoneNumbers", { Status: "ReleaseInProgress" });
    assert.deepEqual(PhoneNumbers.map((each) => each.PhoneNumberId), [number]);
    assert.ok(PhoneNumbers[0].DeletionTimestamp > new Date());
    const restored = await send("RestorePhoneNumber", { PhoneNumberId: number });
    assert.equal(restored.PhoneNumber.Name, "Desk");
    const { PhoneNumberErrors } = await send("BatchDeletePhoneNumber", { PhoneNumberIds: [number, "+15550000000"] });
    assert.deepEqual(PhoneNumberErrors.map((each) => each.ErrorCode), ["NotFound"]);
  });

  it("names its errors as the model does", async () => {
    const absent = await failure(send("GetPhoneNumber", { PhoneNumberId: "+15550000000" }));
    assert.ok(absent instanceof chime.NotFoundException);
    assert.equal(absent.$metadata.httpStatusCode, 404);
    const bad = await failure(send("CreatePhoneNumberOrder", { ProductType: "Nonsense", E164PhoneNumbers: ["+1"] }));
    assert.ok(bad instanceof chime.BadRequestException);
    assert.ok((await failure(send("GetVoiceConnector", { VoiceConnectorId: "none" }))) instanceof chime.NotFoundException);
  });

  it("keeps voice connectors", async () => {
    const made = await connector("Office");
    assert.match(made.VoiceConnectorId, /^[a-z0-9]{22}$/);
    assert.equal(made.OutboundHostName, `${made.VoiceConnectorId}.voiceconnector.chime.aws`);
    assert.match(made.VoiceConnectorArn, /^arn:aws:chime:us-east-1:\d{12}:vc\//);
    const VoiceConnectorId = made.VoiceConnectorId;
    await send("UpdateVoiceConnector", { VoiceConnectorId, Name: "Head office", RequireEncryption: true });
    const { VoiceConnector } = await send("GetVoiceConnector", { VoiceConnectorId });
    assert.deepEqual([VoiceConnector.Name, VoiceConnector.RequireEncryption], ["Head office", true]);
    const { VoiceConnectors } = await send("ListVoiceConnectors");
    assert.ok(VoiceConnectors.some((each) => each.VoiceConnectorId === VoiceConnectorId));
    assert.equal((await send("ListAvailableVoiceConnectorRegions")).VoiceConnectorRegions.length, 10);
    await send("DeleteVoiceConnector", { VoiceConnectorId });
    assert.ok((await failure(send("GetVoiceConnector", { VoiceConnectorId }))) instanceof chime.NotFoundException);
  });

  it("opens a SIP domain for the termination, with its credentials", async () => {
    const { VoiceConnectorId, OutboundHostName } = await connector("Termination");
    const absent = await failure(send("GetVoiceConnectorTermination", { VoiceConnectorId }));
    assert.ok(absent instanceof chime.NotFoundException);
    const Termination = { CpsLimit: 2, CallingRegions: ["US"], CidrAllowedList: ["127.0.0.1/32"], Disabled: false };
    await send("PutVoiceConnectorTermination", { VoiceConnectorId, Termination });
    assert.deepEqual((await send("GetVoiceConnectorTermination", { VoiceConnectorId })).Termination, Termination);
    await send("PutVoiceConnectorTerminationCredentials", {
      VoiceConnectorId,
      Credentials: [{ Username: "pbx", Password: "secret-pbx" }],
    });
    const users = async () =>
      (await send("ListVoiceConnectorTerminationCredentials", { VoiceConnectorId })).Usernames;
    assert.deepEqual(await users(), ["pbx"]);
    const { domains } = await cloud.twilio("GET", "/SIP/Domains");
    const domain = domains.find((each) => each.domain_name === OutboundHostName);
    assert.equal(domain.auth_type, "IP_ACL,CREDENTIAL_LIST");
    await send("DeleteVoiceConnectorTerminationCredentials", { VoiceConnectorId, Usernames: ["pbx"] });
    assert.deepEqual(await users(), []);
    await send("DeleteVoiceConnectorTermination", { VoiceConnectorId });
    const after = await cloud.twilio("GET", "/SIP/Domains");
    assert.ok(!after.domains.some((each) => each.domain_name === OutboundHostName));
  });

  it("sends calls for its numbers to the PBX by a trunk", async () => {
    const carrier = await startCarrier("answer");
    try {
      const [[number]] = await order("206", 1);
      const { VoiceConnectorId } = await connector("Origination");
      const { PhoneNumberErrors } = await send("AssociatePhoneNumbersWithVoiceConnector", {
        VoiceConnectorId,
        E164PhoneNumbers: [number, "+15550000000"],
      });
      assert.deepEqual(PhoneNumberErrors.map((each) => each.ErrorCode), ["NotFound"]);
      const Routes = [{ Host: "127.0.0.1", Port: carrier.port, Protocol: "UDP", Priority: 1, Weight: 1 }];
      await send("PutVoiceConnectorOrigination", { VoiceConnectorId, Origination: { Routes, Disabled: false } });
      const { items } = await cloud.belfry.get("/admin/api/trunks");
      assert.ok(items.some((each) => each.name.startsWith(`vc-${VoiceConnectorId}-`)));
      const { PhoneNumber } = await send("GetPhoneNumber", { PhoneNumberId: number });
      assert.equal(PhoneNumber.Status, "Assigned");
      assert.equal(PhoneNumber.Associations[0].Value, VoiceConnectorId);

      const phone = "+15550002222";
      await cloud.belfry.setPhone(phone, { on_call: "answer" });
      await cloud.belfry.post(`/sim/phones/${encodeURIComponent(phone)}/call`, { to: number });
      await until(async () => {
        const { calls } = await cloud.twilio("GET", "/Calls");
        return calls.some((each) => each.to === number && each.direction === "outbound-dial" && each.status === "in-progress");
      });
      const busy = await failure(send("DeleteVoiceConnector", { VoiceConnectorId }));
      assert.ok(busy instanceof chime.ConflictException);
      await send("DisassociatePhoneNumbersFromVoiceConnector", { VoiceConnectorId, E164PhoneNumbers: [number] });
      await send("DeleteVoiceConnector", { VoiceConnectorId });
      const left = await cloud.belfry.get("/admin/api/trunks");
      assert.deepEqual(left.items, []);
    } finally {
      await carrier.stop();
    }
  });

  it("works with the command-line tool as Take5's document writes it", async () => {
    const { PhoneNumbers } = await cloud.aws("chime-sdk-voice", "list-phone-numbers", "--region", "us-east-1");
    assert.ok(PhoneNumbers.length > 0);
    const [first] = PhoneNumbers;
    const words = ["chime-sdk-voice", "get-phone-number", "--phone-number-id", first.PhoneNumberId];
    const { PhoneNumber } = await cloud.aws(...words, "--region", "us-east-1");
    assert.deepEqual(PhoneNumber, first);
  });
});
