import { describe as group, expect, it } from "vitest";
import { describe, emptyAnswering, toAnswering, toForm, toNumber, voiceBy } from "./answering";
import type { PhoneNumber } from "./settings-api";

const number: PhoneNumber = {
  sid: "PN1",
  created_at: "2026-01-02T03:04:05Z",
  phone_number: "+12025550142",
  friendly_name: "Shop",
  voice_url: "http://shop/voice",
  voice_method: "GET",
  voice_fallback_url: null,
  status_callback: null,
  sms_url: "http://shop/sms",
  sms_method: null,
  twiml: null,
  voice_application_sid: null,
  sms_application_sid: null,
  from_file: false,
};

group("what answers a number", () => {
  it("is an application before a document before a URL, as the server has it", () => {
    expect(voiceBy(number)).toBe("url");
    expect(voiceBy({ ...number, twiml: "<Response/>" })).toBe("twiml");
    expect(voiceBy({ ...number, twiml: "<Response/>", voice_application_sid: "AP1" })).toBe("application");
    expect(voiceBy({ ...number, voice_url: null })).toBe("nobody");
  });

  it("comes back from the form as it went in", () => {
    const back = toNumber(toForm(number));
    expect(back).toMatchObject({ voice_url: "http://shop/voice", voice_method: "GET", twiml: null });
    expect(back.sms_url).toBe("http://shop/sms");
  });

  it("is one way only: the others are cleared", () => {
    const form = { ...toForm(number), voiceBy: "twiml" as const, twiml: "<Response/>" };
    expect(toAnswering(form)).toMatchObject({ voice_url: null, twiml: "<Response/>" });
    const chosen = { ...form, voiceBy: "application" as const, voiceApplication: "AP1" };
    expect(toNumber(chosen)).toMatchObject({ voice_url: null, twiml: null, voice_application_sid: "AP1" });
  });

  it("sends nothing for what was left empty", () => {
    expect(toAnswering({ ...emptyAnswering, voiceUrl: "  " })).toMatchObject({
      friendly_name: null,
      voice_url: null,
      sms_url: null,
      twiml: null,
    });
  });

  it("is described by the application's name", () => {
    const application = { ...number, sid: "AP1", friendly_name: "Menu" };
    const calls = describe({ ...number, voice_application_sid: "AP1" }, [application]).calls;
    expect(calls).toBe("application Menu");
    expect(describe(number)).toEqual({ calls: "http://shop/voice", messages: "http://shop/sms" });
  });
});
