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
/// `settings.config` is TOML for the server, `settings.options` are flags.
export async function startHouse(settings = {}) {
  const belfry = await startBelfry({ config: settings.config }, ...(settings.options ?? []));
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

class House {
  constructor(belfry, keys, web) {
    this.belfry = belfry;
    this.keys = keys;
    this.web = web;
    this.client = this.clientOf(keys.account_sid, keys.auth_token);
  }

  clientOf(user, password, options = {}) {
    return redirect(twilio(user, password, options), this.belfry.url);
  }

  phone(number) {
    return new Phone(this.belfry, number);
  }

  /// The call as it is when `condition` holds for it.
  call(sid, condition, what = "the call to change") {
    return until(async () => {
      const call = await this.client.calls(sid).fetch();
      return condition(call) && call;
    }, what);
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
export async function until(probe, what, limitMs = 15_000) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
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
