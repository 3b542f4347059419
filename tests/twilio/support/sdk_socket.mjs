import { randomUUID } from "node:crypto";
import twilio from "twilio";
import WebSocket from "ws";
import { until } from "./house.mjs";

const { AccessToken } = twilio.jwt;

/// A token as an application's server makes it, with the package that it would use.
export function accessToken(house, identity, terms = {}) {
  const key = terms.key ?? { sid: house.keys.api_key_sid, secret: house.keys.api_key_secret };
  const token = new AccessToken(terms.account ?? house.keys.account_sid, key.sid, terms.secret ?? key.secret, {
    identity,
    ttl: terms.ttl ?? 3600,
    nbf: terms.nbf,
  });
  token.addGrant(
    new AccessToken.VoiceGrant({
      incomingAllow: terms.incoming ?? true,
      outgoingApplicationSid: terms.application,
      outgoingApplicationParams: terms.parameters,
    }),
  );
  return token.toJwt();
}

/// The socket of a Voice SDK without the SDK: every message is said and seen. It answers heartbeats, unless
/// `lively` is set to false.
export class SdkSocket {
  static async open(url, options = {}) {
    const socket = new SdkSocket(new WebSocket(url, options));
    await new Promise((resolve, reject) => socket.ws.once("open", resolve).once("error", reject));
    return socket;
  }

  constructor(ws) {
    this.ws = ws;
    this.lively = true;
    this.heartbeats = 0;
    this.heard = [];
    this.closed = new Promise((resolve) => ws.on("close", (code) => resolve(code)));
    ws.on("error", () => {});
    ws.on("message", (data) => this.hear(String(data)));
  }

  hear(text) {
    if (text !== "\n") return this.heard.push(JSON.parse(text));
    this.heartbeats += 1;
    if (this.lively) this.ws.send("\n");
    return undefined;
  }

  say(type, payload) {
    this.ws.send(JSON.stringify({ type, version: "1.6", payload }));
  }

  /// The next message of that type that was not taken yet; its payload.
  async take(type) {
    const index = await until(() => {
      const found = this.heard.findIndex((message) => message.type === type);
      return found < 0 ? undefined : { found };
    }, `a message ${type}, not ${JSON.stringify(this.heard)}`);
    const [message] = this.heard.splice(index.found, 1);
    return message.payload;
  }

  listen(token) {
    this.say("listen", { token, browserinfo: { p: "browser", v: "2.18.5", plugin: "rtc" }, reconnectTimeout: 0 });
  }

  async register(token) {
    this.listen(token);
    await this.take("connected");
    this.say("register", { media: { audio: true } });
    await this.take("ready");
    return this;
  }

  async close() {
    this.ws.close(1000);
    return this.closed;
  }
}

export function temporarySid() {
  return `TJS${randomUUID()}`;
}
