import type { CallStatus } from "./types";

/// "0.412 s", "12.0 s", "3:07": an offset from the start of a call.
export function formatOffset(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(3)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return formatDuration(ms / 1000);
}

/// "0:07", "12:05", "1:02:03": how long a call lasted.
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const [minutes, rest] = parts as [number, number];
  if (hours > 0) return `${hours}:${pad(minutes)}:${pad(rest)}`;
  return `${minutes}:${pad(rest)}`;
}

/// "42 s", "3 min", "5 h 12 min", "2 d 4 h": how long the server runs.
export function formatUptime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/// "just now", "4 min ago", "2 h ago", then the date.
export function formatAgo(at: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(at)) / 1000);
  if (Number.isNaN(seconds)) return "";
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

export function formatClock(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/// A telephone number in groups for the eye; anything else (sip:, client:) as it is.
export function formatNumber(number: string): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) return `+1 ${american[1] ?? ""} ${american[2] ?? ""} ${american[3] ?? ""}`;
  return number;
}

const words: Readonly<Record<CallStatus, string>> = {
  queued: "Queued",
  initiated: "Initiated",
  ringing: "Ringing",
  "in-progress": "In progress",
  completed: "Completed",
  busy: "Busy",
  failed: "Failed",
  "no-answer": "No answer",
  canceled: "Canceled",
};

export function statusWord(status: CallStatus): string {
  return words[status];
}

/// Who carries a call; a dash before anybody does.
export function carrierWord(endpoint: string | null): string {
  if (endpoint === null) return "–";
  return endpoint === "simulator" ? "Simulator" : endpoint.toUpperCase();
}

export const allStatuses = Object.keys(words) as CallStatus[];

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
