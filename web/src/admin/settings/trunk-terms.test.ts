import { describe, expect, it } from "vitest";
import type { Trunk } from "./settings-api";
import { describeTrunk, newTrunk, readPrefixes, toTerms, trunkTone } from "./trunk-terms";

describe("a trunk's form", () => {
  it("reads prefixes as people separate them, and none as every number", () => {
    expect(readPrefixes("+1, +44;  +507")).toEqual(["+1", "+44", "+507"]);
    expect(readPrefixes("  ")).toEqual([""]);
  });

  it("leaves out what was left empty, as the server takes no empty texts", () => {
    const terms = toTerms({ ...newTrunk, name: " main ", host: "sip.example.com" });
    expect(terms).toEqual({
      name: "main",
      host: "sip.example.com",
      transport: "udp",
      srtp: "off",
      register: false,
      prefixes: [""],
      max_calls_per_second: 5,
      max_channels: 30,
      max_waiting: 100,
    });
  });

  it("sends what was typed in the server's form", () => {
    const form = { ...newTrunk, username: "me ", password: " kept ", callerId: "+1 (202) 555-0142" };
    expect(toTerms({ ...form, country: "us" })).toMatchObject({
      username: "me",
      password: " kept ",
      caller_id: "+12025550142",
      country: "US",
    });
  });

  it("is described by what matters of it", () => {
    const trunk: Trunk = {
      ...toTerms({ ...newTrunk, name: "main", host: "sip.example.com", transport: "tls", srtp: "required" }),
      state: "up",
      channels_in_use: 0,
      calls_waiting: 0,
      addresses: [],
      from_file: false,
    };
    expect(describeTrunk(trunk)).toBe("sip.example.com · TLS · SRTP only · every number");
    expect(describeTrunk({ ...trunk, srtp: "off", prefixes: ["+1"] })).toBe("sip.example.com · TLS · +1");
  });
});

describe("a trunk's state", () => {
  it("is bad when calls cannot go out or come in by it", () => {
    expect(trunkTone("up")).toBe("good");
    expect(trunkTone("up, registered")).toBe("good");
    expect(trunkTone("up, not registered")).toBe("bad");
    expect(trunkTone("down")).toBe("bad");
    expect(trunkTone("resolving")).toBe("waiting");
  });
});
