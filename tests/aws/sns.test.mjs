import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  CheckIfPhoneNumberIsOptedOutCommand,
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  OptInPhoneNumberCommand,
  PublishCommand,
  SetSMSAttributesCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { failure, region, startCloud, until } from "./support/clouds.mjs";

const config = '[messages]\nsender_interval_ms = 10\n[[number]]\nnumber = "+15550007777"\ntwiml = "<Response/>"\n';
const phone = "+15551234567";

describe("SNS", { timeout: 60_000 }, () => {
  let cloud;
  before(async () => (cloud = await startCloud({ config })));
  after(() => cloud?.stop());
  const publish = (input) => cloud.sns.send(new PublishCommand(input));
  const received = async (number) =>
    (await cloud.belfry.get("/sim/messages")).items.filter((each) => each.to === number && each.from !== number);

  it("publishes to phones, and Twilio's list shows it", async () => {
    const { MessageId } = await publish({
      PhoneNumber: phone,
      Message: "Test SMS from Take5",
      MessageAttributes: { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } },
    });
    assert.match(MessageId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const [message] = await until(async () => {
      const found = await received(phone);
      return found.length > 0 && found;
    });
    assert.equal(message.body, "Test SMS from Take5");
    const { messages } = await cloud.twilio("GET", "/Messages");
    const shown = messages.find((each) => each.sid === `SM${MessageId.replaceAll("-", "")}`);
    assert.equal(shown.body, "Test SMS from Take5");
    assert.equal(shown.to, phone);
    assert.equal(shown.from, "+15550007777", "the account's own number");
  });

  it("shows what was published, as test suites of an emulator expect it", async () => {
    await cloud.belfry.ask("DELETE", "/_aws/sns/sms-messages");
    const sender = { "AWS.SNS.SMS.SenderID": { DataType: "String", StringValue: "Take5" } };
    const { MessageId } = await publish({ PhoneNumber: "+15550001234", Message: "Hi", MessageAttributes: sender });
    const { sms_messages, region: shownRegion } = await cloud.belfry.get("/_aws/sns/sms-messages");
    assert.equal(shownRegion, region);
    const [only] = sms_messages["+15550001234"];
    assert.equal(only.MessageId, MessageId);
    assert.equal(only.Message, "Hi");
    assert.equal(only.MessageAttributes["AWS.SNS.SMS.SenderID"].StringValue, "Take5");
    const { messages } = await cloud.twilio("GET", "/Messages");
    assert.equal(messages.find((each) => each.to === "+15550001234").from, "Take5");
    const other = await cloud.belfry.get("/_aws/sns/sms-messages?phoneNumber=%2B15550009999");
    assert.deepEqual(other.sms_messages, { "+15550009999": [] });
    await cloud.belfry.ask("DELETE", "/_aws/sns/sms-messages");
    assert.deepEqual((await cloud.belfry.get("/_aws/sns/sms-messages")).sms_messages, {});
  });

  it("refuses in its own words", async () => {
    const wrong = await failure(publish({ PhoneNumber: "+1555", Message: "x" }));
    assert.equal(wrong.name, "InvalidParameterException");
    assert.equal(wrong.message, "Invalid parameter: PhoneNumber Reason: +1555 is not valid to publish to");
    assert.equal(wrong.$metadata.httpStatusCode, 400);
    assert.match(wrong.$metadata.requestId, /^[0-9a-f-]{36}$/);
    const topic = await failure(publish({ TopicArn: "arn:aws:sns:us-east-1:1:none", Message: "x" }));
    assert.equal(topic.name, "NotFoundException");
    const empty = await failure(publish({ PhoneNumber: phone, Message: "" }));
    assert.equal(empty.name, "InvalidParameterException");
  });

  it("knows who has opted out, and lets them in again", async () => {
    const stopped = "+15550004444";
    await publish({ PhoneNumber: stopped, Message: "Hello" });
    await until(async () => (await received(stopped)).length > 0);
    await cloud.belfry.post(`/sim/phones/${encodeURIComponent(stopped)}/message`, { to: "+15550007777", body: "STOP" });
    const check = async () =>
      (await cloud.sns.send(new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber: stopped }))).isOptedOut;
    await until(check);
    const { phoneNumbers } = await cloud.sns.send(new ListPhoneNumbersOptedOutCommand({}));
    assert.deepEqual(phoneNumbers, [stopped]);
    const refused = await failure(publish({ PhoneNumber: stopped, Message: "Again" }));
    assert.match(refused.message, /opted out/);
    await cloud.sns.send(new OptInPhoneNumberCommand({ phoneNumber: stopped }));
    assert.equal(await check(), false);
    await publish({ PhoneNumber: stopped, Message: "Again" });
  });

  it("keeps attributes", async () => {
    await cloud.sns.send(new SetSMSAttributesCommand({ attributes: { DefaultSMSType: "Promotional" } }));
    await cloud.sns.send(new SetSMSAttributesCommand({ attributes: { MonthlySpendLimit: "5" } }));
    const { attributes } = await cloud.sns.send(new GetSMSAttributesCommand({}));
    assert.deepEqual(attributes, { DefaultSMSType: "Promotional", MonthlySpendLimit: "5" });
    const one = await cloud.sns.send(new GetSMSAttributesCommand({ attributes: ["MonthlySpendLimit"] }));
    assert.deepEqual(one.attributes, { MonthlySpendLimit: "5" });
    const wrong = await failure(cloud.sns.send(new SetSMSAttributesCommand({ attributes: { Nonsense: "1" } })));
    assert.equal(wrong.name, "InvalidParameterException");
    assert.equal((await cloud.sns.send(new GetSMSSandboxAccountStatusCommand({}))).IsInSandbox, false);
    const { PhoneNumbers } = await cloud.sns.send(new ListOriginationNumbersCommand({}));
    assert.deepEqual(PhoneNumbers.map((each) => each.PhoneNumber), ["+15550007777"]);
  });

  it("lets nobody in with wrong keys, and says why", async () => {
    const withKeys = (credentials) =>
      new SNSClient({ ...cloud.settings, credentials: { ...cloud.credentials, ...credentials } });
    const ask = (client) => failure(client.send(new GetSMSAttributesCommand({})));
    const wrong = await ask(withKeys({ secretAccessKey: "x" }));
    assert.equal(wrong.name, "SignatureDoesNotMatch");
    assert.equal(wrong.$metadata.httpStatusCode, 403);
    const unknown = await ask(withKeys({ accessKeyId: "AKIAUNKNOWN" }));
    assert.equal(unknown.name, "InvalidClientTokenId");
    const skewed = new SNSClient({ ...cloud.settings, systemClockOffset: -20 * 60_000 });
    assert.match((await ask(skewed)).message, /^Signature expired: \d{8}T\d{6}Z is now earlier than /);
    await cloud.sns.send(new GetSMSAttributesCommand({}));
    const unsigned = await fetch(cloud.belfry.url, {
      method: "POST",
      body: new URLSearchParams({ Action: "Publish", PhoneNumber: phone, Message: "x" }),
    });
    assert.equal(unsigned.status, 403);
    assert.match(await unsigned.text(), /<Code>MissingAuthenticationToken<\/Code>/);
  });

  it("takes API keys too, for their own account", async () => {
    const client = new SNSClient({
      ...cloud.settings,
      credentials: { accessKeyId: cloud.keys.api_key_sid, secretAccessKey: cloud.keys.api_key_secret },
    });
    assert.ok((await client.send(new PublishCommand({ PhoneNumber: phone, Message: "by key" }))).MessageId);
  });

  it("works with the command-line tool as Take5's document writes it", async () => {
    const words = ["sns", "publish", "--phone-number", "+15551234567", "--message", "Test SMS from Take5"];
    const { MessageId } = await cloud.aws(...words, "--region", "us-east-1");
    assert.match(MessageId, /^[0-9a-f-]{36}$/);
    const identity = await cloud.aws("sts", "get-caller-identity", "--region", "us-east-1");
    assert.match(identity.Account, /^\d{12}$/);
  });
});
