import { describe, expect, it } from "vitest";
import type { MediaStatistics } from "../shared/types";
import { faultTitle, figuresOf } from "./audio-words";

const media: MediaStatistics = {
  codec: "PCMU",
  packets_in: 0,
  packets_out: 100,
  lost: 0,
  jitter_ms: 1.25,
  round_trip_ms: 20,
  mos: null,
  from_strangers: 0,
  stranger: null,
  remote: "192.0.2.1:4000",
  not_authentic: 0,
  replayed: 0,
  not_agreed: 0,
  payload_type_not_agreed: null,
  sound: "unknown",
  party_reports: "none",
  loss_there: 0.125,
  held_by_us: false,
  held_by_party: false,
  idle_ms: null,
  handshake: "none",
};
const named = (more: Partial<MediaStatistics>) => Object.fromEntries(figuresOf({ ...media, ...more }));

describe("the figures of a call's audio", () => {
  it("name what was measured", () => {
    const figures = named({});
    expect(figures).toMatchObject({
      Codec: "PCMU",
      "Packets out": "100",
      "Lost there": "13 %",
      Sound: "Not known",
    });
    expect(figures).not.toHaveProperty("From another address");
    expect(figures).not.toHaveProperty("On hold");
    expect(figures).not.toHaveProperty("Handshake");
  });

  it("name what was refused only when something was", () => {
    expect(named({ from_strangers: 12, stranger: "127.0.0.2:9" })["From another address"]).toBe(
      "12 · 127.0.0.2:9",
    );
    expect(named({ not_agreed: 3, payload_type_not_agreed: 18 })["Of another codec"]).toBe("3 · type 18");
    expect(named({ not_authentic: 7 })["Failed SRTP"]).toBe("7");
  });

  it("say who holds the call", () => {
    expect(named({ held_by_us: true })["On hold"]).toBe("By us");
    expect(named({ held_by_us: true, held_by_party: true })["On hold"]).toBe("By both");
  });

  it("have a title for each fault, and one that is new stands as it is", () => {
    expect(faultTitle("not-heard")).toBe("One-way audio");
    expect(faultTitle("gremlins")).toBe("gremlins");
  });
});
