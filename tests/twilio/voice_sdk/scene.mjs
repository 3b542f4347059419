import { startHouse } from "../support/house.mjs";
import { accessToken } from "../support/sdk_socket.mjs";
import { SdkPage, servePages, startChromium, startCuttableWire } from "./sdk_page.mjs";

/// The packages whose pages are tried: the current Voice SDK, and one of four years before.
export const sdks = ["@twilio/voice-sdk", "twilio-voice-sdk-2.2.0"];

/// A server with HTTPS, a web application that answers the calls of its browsers at /voice, and a browser.
/// @param config more of the server's belfry.toml
export async function startScene(sdk, { config = "" } = {}) {
  const started = [];
  const stop = async () => {
    for (const each of started.reverse()) await each.stop();
  };
  const start = async (starting) => {
    const each = await starting;
    started.push(each);
    return each;
  };
  try {
    const house = await start(startHouse({ https: true, config }));
    const wire = await start(startCuttableWire(new URL(house.belfry.httpsUrl).port));
    const pages = await start(servePages(sdk));
    const chromium = await start(startChromium());
    const voiceUrl = house.web.on("/voice", "<Response/>");
    const application = await house.client.applications.create({ friendlyName: "browsers", voiceUrl });
    return new Scene({ house, wire, pages, chromium, application: application.sid }, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

class Scene {
  constructor(parts, stop) {
    Object.assign(this, parts);
    this.stop = stop;
    this.names = 0;
  }

  /// A name that nobody else of this server has.
  newName() {
    return `person.${++this.names}@example`;
  }

  token(identity, terms = {}) {
    return accessToken(this.house, identity, { application: this.application, ...terms });
  }

  /// A tab of that person, whose device is made but not registered.
  async tab(identity, terms = {}) {
    const { mediaPort, toneHz } = terms;
    const page = await SdkPage.open(this.chromium.browser, this.pages, { mediaPort, toneHz });
    await page.make(this.token(identity, terms), this.wire.host);
    return page;
  }

  async registered(identity, terms = {}) {
    const page = await this.tab(identity, terms);
    await page.register();
    return page;
  }

  /// What answers the calls of browsers from now on.
  answers(document) {
    this.house.web.on("/voice", document);
  }

  /// A simulated phone that gives a tone of that frequency for a minute, from when it is called.
  async newSinger(hz, behaviour = {}) {
    return this.house.newPhone({ script: [{ tone_hz: hz, ms: 60_000 }], ...behaviour });
  }

  /// Calls that person by REST; what the call then does is `document`.
  callPerson(identity, document, terms = {}) {
    const url = this.house.web.on(`/to/${identity}`, document);
    return this.house.client.calls.create({ to: `client:${identity}`, from: "+15550100100", url, ...terms });
  }

  /// A phone calls a number whose document is this; @return the phone.
  async phoneCalls(document, behaviour = {}) {
    const phone = await this.house.newPhone(behaviour);
    const number = await this.house.newNumber(document);
    await phone.call(number);
    return phone;
  }
}
