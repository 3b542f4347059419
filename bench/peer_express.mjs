// KIN's document route as its text has it: Express and the stock package, the signature checked, the document made
// anew. Modules are those of tests/. Arguments: port, auth token.
import { createRequire } from "node:module";

const require = createRequire(new URL("../tests/package.json", import.meta.url));
const express = require("express");
const twilio = require("twilio");

const [port, token] = process.argv.slice(2);
const application = express();
application.use(express.urlencoded({ extended: false }));
application.post("/voice/twiml", twilio.webhook(token, { validate: true }), (_, response) => {
  const document = new twilio.twiml.VoiceResponse();
  document.say("Hello! This is a call from KIN Communications Platform.");
  document.pause({ length: 1 });
  document.say("How can I help you today?");
  response.type("text/xml").send(document.toString());
});
application.listen(Number(port), "127.0.0.1");
