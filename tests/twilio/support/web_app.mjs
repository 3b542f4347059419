import express from "express";
import twilio from "twilio";
import { until } from "./house.mjs";

/// A user's web application: Express with the middleware that Twilio's package brings, so a request whose
/// signature is wrong is answered 403 and counted in `refused`. It answers by script and remembers.
export class WebApp {
  /// @param tokens account SID to auth token
  static async start(tokens) {
    const app = new WebApp(tokens);
    await new Promise((resolve) => (app.server = app.express.listen(0, "127.0.0.1", resolve)));
    return app;
  }

  constructor(tokens) {
    this.tokens = tokens;
    this.received = [];
    this.refused = [];
    this.scripts = new Map();
    this.files = new Map();
    this.express = express();
    this.express.use((request, response, next) => this.serveFile(request, response, next));
    this.express.use(express.urlencoded({ extended: false }));
    this.express.use((request, response, next) => this.check(request, response, next));
    this.express.use((request, response) => this.answer(request, response));
  }

  url(path) {
    return `http://127.0.0.1:${this.server.address().port}${path}`;
  }

  /// What `path` answers, one after the other, then the last one again: a TwiML text, a
  /// `new twilio.twiml.VoiceResponse()`, `{ status, type, body, headers }`, or a function of the Express
  /// request (or of request and response, then it answers itself) that gives one of these.
  on(path, ...replies) {
    this.scripts.set(path, replies);
    return this.url(path);
  }

  /// A file, as a web server gives it to anybody: requests for media are not signed.
  file(path, type, body) {
    this.files.set(path, { type, body });
    return this.url(path);
  }

  serveFile(request, response, next) {
    const file = this.files.get(request.path);
    if (!file) return next();
    this.received.push({ method: request.method, path: request.path, params: { ...request.query }, headers: request.headers, at: Date.now() });
    response.type(file.type).send(file.body);
  }

  /// [{ method, path, params, headers, at }] in order of arrival; `params` of form and query.
  requests(path) {
    return this.received.filter((request) => request.path === path);
  }

  /// The requests of `path`, when there are `count` or `condition` holds for one of them.
  waitFor(path, wanted = 1) {
    const enough = (found) => (typeof wanted === "number" ? found.length >= wanted : found.some((each) => wanted(each.params)));
    return until(() => enough(this.requests(path)) && this.requests(path), `a request for ${path}: ${wanted}`);
  }

  check(request, response, next) {
    const params = { ...request.query, ...request.body };
    const token = this.tokens.get(params.AccountSid) ?? [...this.tokens.values()][0];
    response.on("finish", () => response.statusCode === 403 && this.refused.push({ path: request.path, params }));
    // In tests the package would otherwise take the environment's word for the token.
    return twilio.webhook({ validate: true, authToken: token }, token)(request, response, next);
  }

  async answer(request, response) {
    const params = { ...request.query, ...request.body };
    this.received.push({ method: request.method, path: request.path, params, headers: request.headers, at: Date.now() });
    const script = this.scripts.get(request.path) ?? [{ status: 204 }];
    let reply = script.length > 1 ? script.shift() : script[0];
    if (typeof reply === "function") reply = await reply(request, response);
    if (response.headersSent || reply === undefined) return;
    if (typeof reply === "string" || reply.constructor.name.endsWith("Response")) reply = { body: reply.toString() };
    response.status(reply.status ?? 200).set(reply.headers ?? {});
    if (reply.body === undefined) response.end();
    else response.type(reply.type ?? "text/xml").send(reply.body);
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
