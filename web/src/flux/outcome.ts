import type { CallStatus, Notification } from "../shared/types";
import { isOver } from "../shared/state";
import { statusWord } from "../shared/format";

export interface Outcome {
  word: string;
  /// Why the task is not acknowledged; empty while the call still goes on, and when it is.
  reason: string;
  tone: "good" | "bad" | "ringing" | "live" | "waiting";
}

/// What has become of a notification, for a person.
export function outcomeOf(notification: Notification): Outcome {
  if (notification.acknowledged) return { word: "Acknowledged", reason: "", tone: "good" };
  if (isOver(notification.status))
    return { word: "Not acknowledged", reason: reasonFor(notification), tone: "bad" };
  return { word: statusWord(notification.status), reason: "", tone: toneOf(notification.status) };
}

function reasonFor({ status, digits, end_reason }: Notification): string {
  if (status === "busy") return "The line was busy.";
  if (status === "no-answer") return "Nobody answered.";
  if (status === "canceled") return "The call was canceled.";
  if (status === "failed") return end_reason ? `The call failed: ${end_reason}.` : "The call failed.";
  if (digits) return `Key ${digits} was pressed, not 1.`;
  return "No key was pressed.";
}

function toneOf(status: CallStatus): Outcome["tone"] {
  if (status === "ringing") return "ringing";
  return status === "in-progress" ? "live" : "waiting";
}

export const steps = ["Queued", "Ringing", "Answered", "Key 1"] as const;

/// How many of the steps were reached. A call that ended without key 1 was answered only if it completed.
export function stepsDone({ acknowledged, status }: Notification): number {
  if (acknowledged) return 4;
  switch (status) {
    case "queued":
    case "initiated":
    case "failed":
    case "canceled":
      return 1;
    case "ringing":
    case "busy":
    case "no-answer":
      return 2;
    case "in-progress":
    case "completed":
      return 3;
  }
}
