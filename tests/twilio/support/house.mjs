import twilio from "twilio";
import { startBelfry } from "../../support/belfry.mjs";
import { Phone } from "./phone.mjs";
import { WebApp } from "./web_app.mjs";

/// A server, the stock client that is pointed at it, and an Express application for its webhooks:
///
///     const house = await startHouse();
///     house.web.on("/voice", "<Response><Say>hello</Say></Response>");
///     const call = await house.client.calls.create({ to, from, url: house.web.url("/voice") });
///     await house.ended(call.sid);
///     await house.stop();
///
/// `settings.config` is TOML for the server, `settings.options` are flags, `settings.https` makes it listen for HTTPS.
export async function startHouse(settings = {}) {
  const belfry = await startBelfry(settings, ...(settings.options ?? []));
  const keys = await belfry.keys();
  const web = await WebApp.start(new Map([[keys.account_sid, keys.auth_token]]));
  return new House(belfry, keys, web);
}

/// The one thing that code written for Twilio changes.
export function redirect(client, url) {
  for (const product of [client.api, client.lookups, client.monitor, client.messaging, client.insights, client.verify])
    product.baseUrl = url;
  return client;
}

/// How often the API is asked: ten tests at once stay below its limit of 100 requests a second.
const leisurely = [15_000, 150];

class House {
  constructor(belfry, keys, web) {
    this.belfry = belfry;
    this.keys = keys;
    this.web = web;
    this.numbers = 0;
    this.client = this.clientOf(keys.account_sid, keys.auth_token);
  }

  clientOf(user, password, options = {}) {
    return redirect(twilio(user, password, options), this.belfry.url);
  }

  phone(number) {
    return new Phone(this.belfry, number);
  }

  /// A phone that nobody else uses; it answers at once and listens unless `behaviour` says otherwise.
  async newPhone(behaviour = {}) {
    const phone = this.phone(`+1555017${String(++this.numbers).padStart(4, "0")}`);
    return phone.behave({ answer_after_ms: 50, script: [], ...behaviour });
  }

  /// Calls a new phone, where `document` runs: TwiML or a VoiceResponse, served by the web application.
  async run(document, behaviour = {}, terms = {}) {
    const phone = await this.newPhone(behaviour);
    const path = `/documents/${phone.number.slice(1)}`;
    const url = this.web.on(path, document);
    const call = await this.client.calls.create({ to: phone.number, from: "+15550100100", url, ...terms });
    return { call, phone, path, sid: call.sid };
  }

  /// A number of the account whose calls are answered by `document`.
  async newNumber(document, terms = {}) {
    const phoneNumber = `+1415555${String(++this.numbers).padStart(4, "0")}`;
    const voiceUrl = this.web.on(`/numbers/${phoneNumber.slice(1)}`, document);
    await this.client.incomingPhoneNumbers.create({ phoneNumber, voiceUrl, ...terms });
    return phoneNumber;
  }

  /// The newest call to a number, once there is one.
  callTo(number) {
    return until(async () => (await this.client.calls.list({ to: number, limit: 1 }))[0], `a call to ${number}`, ...leisurely);
  }

  /// The codes in the notifications of a call, in the order of their events, once `code` is among them.
  async noted(sid, code) {
    let codes = [];
    try {
      return await until(async () => {
        codes = (await this.client.calls(sid).notifications.list()).map((each) => Number(each.errorCode));
        return codes.includes(code) && codes.reverse();
      }, `notification ${code} of ${sid}`, ...leisurely);
    } catch (error) {
      throw new Error(`${error.message}: there are ${codes}`, { cause: error });
    }
  }

  /// The call as it is when `condition` holds for it.
  call(sid, condition, what = "the call to change") {
    return until(async () => {
      const call = await this.client.calls(sid).fetch();
      return condition(call) && call;
    }, what, ...leisurely);
  }

  ended(sid) {
    const final = ["completed", "busy", "failed", "no-answer", "canceled"];
    return this.call(sid, (call) => final.includes(call.status), `call ${sid} to end`);
  }

  inProgress(sid) {
    return this.call(sid, (call) => call.status === "in-progress", `call ${sid} to be answered`);
  }

  /// A request without the client, for what it would not send. @return {status, headers, body}
  async raw(method, path, { form, user = this.keys.account_sid, password = this.keys.auth_token, headers = {} } = {}) {
    const init = { method, headers: { ...headers } };
    if (user !== null) init.headers.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    if (form !== undefined) init.body = new URLSearchParams(form);
    const response = await fetch(this.belfry.url + path, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /// `/2010-04-01/Accounts/AC…` + path
  path(path) {
    return `/2010-04-01/Accounts/${this.keys.account_sid}${path}`;
  }

  async stop() {
    await this.web.stop();
    await this.belfry.stop();
  }
}

/// Polls until `probe` gives something true.
export async function until(probe, what, limitMs = 15_000, everyMs = 20) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/// The RestException that the promise ends with; fails when it ends well.
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    if (error.code !== undefined && error.status !== undefined) return error;
    throw error;
  }
  throw new Error("the request was accepted");
}
