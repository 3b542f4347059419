import { describe, expect, it } from "vitest";
import type { Message } from "./types";
import { messageTone, sizeOf, troubleOf } from "./message-words";

const message: Message = {
  sid: "SM1",
  direction: "outbound",
  from: "+12025550142",
  to: "+12025550143",
  body: "Hello",
  segments: 1,
  media: 0,
  status: "delivered",
  error_code: null,
  error_message: null,
  carrier: "simulator",
  call_sid: null,
  created_at: "2026-01-02T03:04:05Z",
  sent_at: null,
};

describe("a message in words", () => {
  it("counts segments and files", () => {
    expect(sizeOf(message)).toBe("1 segment");
    expect(sizeOf({ ...message, segments: 3, media: 1 })).toBe("3 segments, 1 file");
  });

  it("says why it did not arrive, with the code to look up", () => {
    expect(troubleOf(message)).toBe("");
    expect(troubleOf({ ...message, error_code: 30006, error_message: "Landline" })).toBe("Landline (30006)");
    expect(troubleOf({ ...message, error_code: 30006 })).toBe("Error 30006");
  });

  it("looks bad only when it did not arrive", () => {
    expect(messageTone("delivered")).toBe("good");
    expect(messageTone("undelivered")).toBe("bad");
    expect(messageTone("sent")).toBe("waiting");
  });
});
