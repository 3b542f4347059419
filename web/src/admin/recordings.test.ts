import { expect, it } from "vitest";
import type { Recording } from "../shared/types";
import { keepLinks } from "./recordings";

const recording: Recording = {
  sid: "RE1",
  status: "completed",
  source: "RecordVerb",
  channels: 1,
  started_at: "2026-01-02T03:04:05Z",
  duration_s: 4,
  audio_url: "/RE1.wav?until=1",
};

it("keeps the link that a player plays, until the recording is another", () => {
  const renewed = { ...recording, audio_url: "/RE1.wav?until=2" };
  expect(keepLinks([recording], [renewed])).toEqual([recording]);
  const growing: Recording = { ...recording, status: "in-progress" };
  expect(keepLinks([growing], [renewed])).toEqual([renewed]);
  expect(keepLinks([], [renewed])).toEqual([renewed]);
});
