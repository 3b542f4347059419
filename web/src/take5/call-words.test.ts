import { describe, expect, it } from "vitest";
import type { GroupCall, GroupCallParticipant } from "../shared/types";
import { attendanceOf, hasEnded, isActive, isLive, participantName } from "./call-words";

const ann = { id: 1, givenName: "Ann", familyName: "Lee", phoneNumber: "5551234567", timezone: "UTC" };
const bob = { id: 2, givenName: "Bob", familyName: "Fox", phoneNumber: "5551234568", timezone: "UTC" };

const participant = (number: string, status: GroupCallParticipant["status"], userId?: number) => ({
  participantId: `participant-${number}`,
  phoneNumber: number,
  status,
  userId,
});

const past = (changes: Partial<GroupCall>): GroupCall => ({
  callId: "take5-1-1",
  groupId: 1,
  groupName: "Standup",
  status: "ended",
  scheduledTime: "2026-07-01T10:00:00.000Z",
  startTime: "2026-07-01T10:00:00.000Z",
  endTime: "2026-07-01T10:05:00.000Z",
  duration: 300,
  plannedMinutes: 5,
  participants: [participant("+15551234567", "left", 1), participant("+15551234568", "no-answer", 2)],
  usersConnected: [1],
  ...changes,
});

describe("a participant", () => {
  it("has the member's name, or is a number", () => {
    expect(participantName(participant("+15551234567", "ringing", 1), [ann])).toBe("Ann Lee");
    expect(participantName(participant("+15559990000", "ringing"), [ann])).toBe("+1 555 999 0000");
    expect(participantName(participant("+15551234568", "ringing", 2), [ann])).toBe("+1 555 123 4568");
  });

  it("is active while it is in the call or may come into it", () => {
    for (const status of ["queued", "ringing", "connected"] as const)
      expect(isActive(participant("+1", status))).toBe(true);
    for (const status of ["no-answer", "busy", "failed", "left", "removed"] as const)
      expect(isActive(participant("+1", status))).toBe(false);
  });
});

describe("a group's calls", () => {
  it("are live from the first ring to the end", () => {
    expect(["created", "started", "in-progress", "ended", "failed"] as const).toSatisfy(
      (all: GroupCall["status"][]) =>
        all.filter((status) => isLive(past({ status }))).join() === "started,in-progress" &&
        all.filter((status) => hasEnded(past({ status }))).join() === "ended,failed",
    );
  });

  it("count for those who were called for them, if they took place", () => {
    const calls = [
      past({}),
      past({ usersConnected: [1, 2] }),
      past({ status: "failed", usersConnected: [] }),
      past({ participants: [participant("+15551234568", "left", 2)], usersConnected: [2] }),
    ];
    expect(attendanceOf(calls, [ann, bob])).toEqual([
      { user: ann, present: 2, calls: 2 },
      { user: bob, present: 2, calls: 3 },
    ]);
    expect(attendanceOf([], [ann])).toEqual([{ user: ann, present: 0, calls: 0 }]);
  });
});
