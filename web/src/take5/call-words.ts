import { formatNumber } from "../shared/format";
import type { Tone } from "../shared/components/pill";
import type { GroupCall, GroupCallParticipant, GroupCallStatus } from "../shared/types";
import { fullName, type User } from "./people";

interface Look {
  word: string;
  tone: Tone;
}

const calls: Readonly<Record<GroupCallStatus, Look>> = {
  created: { word: "Planned", tone: "waiting" },
  started: { word: "Phones ring", tone: "ringing" },
  "in-progress": { word: "In progress", tone: "live" },
  ended: { word: "Ended", tone: "calm" },
  failed: { word: "Did not take place", tone: "bad" },
};

export function callLook(status: GroupCallStatus): Look {
  return calls[status];
}

const participants: Readonly<Record<GroupCallParticipant["status"], Look>> = {
  added: { word: "Will be called", tone: "waiting" },
  queued: { word: "Waiting", tone: "waiting" },
  ringing: { word: "Ringing", tone: "ringing" },
  connected: { word: "Connected", tone: "live" },
  "no-answer": { word: "No answer", tone: "bad" },
  busy: { word: "Busy", tone: "bad" },
  failed: { word: "Not reached", tone: "bad" },
  left: { word: "Has left", tone: "calm" },
  removed: { word: "Removed", tone: "calm" },
};

export function participantLook(status: GroupCallParticipant["status"]): Look {
  return participants[status];
}

export function isLive({ status }: GroupCall): boolean {
  return status === "started" || status === "in-progress";
}

export function hasEnded({ status }: GroupCall): boolean {
  return status === "ended" || status === "failed";
}

/// In the call, or on the way into it: can be removed. Others can be called again.
export function isActive({ status }: GroupCallParticipant): boolean {
  return status === "queued" || status === "ringing" || status === "connected";
}

/// Who it is by the group's members; a number that nobody has is its own name.
export function participantName(who: GroupCallParticipant, users: readonly User[]): string {
  const user = users.find(({ id }) => id === who.userId);
  return user ? fullName(user) : formatNumber(who.phoneNumber);
}

export interface Attendance {
  user: User;
  present: number;
  calls: number;
}

/// How many of the calls that took place, and that they were called for, each has been in.
export function attendanceOf(past: readonly GroupCall[], users: readonly User[]): Attendance[] {
  return users.map((user) => {
    const own = past.filter(
      ({ status, participants: called }) =>
        status === "ended" && called.some(({ userId }) => userId === user.id),
    );
    const present = own.filter(({ usersConnected }) => usersConnected.includes(user.id)).length;
    return { user, present, calls: own.length };
  });
}
