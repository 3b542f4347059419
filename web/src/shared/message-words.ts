import type { Tone } from "./components/pill";
import type { Message, MessageStatus } from "./types";

const words: Readonly<Record<MessageStatus, string>> = {
  accepted: "Accepted",
  scheduled: "Scheduled",
  queued: "Queued",
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  undelivered: "Undelivered",
  failed: "Failed",
  canceled: "Canceled",
  received: "Received",
  read: "Read",
};

export const messageStatuses = Object.keys(words) as MessageStatus[];

export function messageStatusWord(status: MessageStatus): string {
  return words[status];
}

export function messageTone(status: MessageStatus): Tone {
  switch (status) {
    case "delivered":
    case "read":
    case "received":
      return "good";
    case "failed":
    case "undelivered":
      return "bad";
    case "canceled":
      return "calm";
    case "accepted":
    case "scheduled":
    case "queued":
    case "sending":
    case "sent":
      return "waiting";
  }
}

/// "1 segment, 2 files": what it costs to send.
export function sizeOf({ segments, media }: Message): string {
  const parts = [`${segments} ${segments === 1 ? "segment" : "segments"}`];
  if (media > 0) parts.push(`${media} ${media === 1 ? "file" : "files"}`);
  return parts.join(", ");
}

/// Why it did not arrive; empty when nothing went wrong.
export function troubleOf({ error_code: code, error_message: message }: Message): string {
  if (code === null) return message ?? "";
  return message ? `${message} (${code})` : `Error ${code}`;
}
