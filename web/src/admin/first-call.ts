import type { Phone } from "../shared/types";

/// A number that no carrier assigns (555-01xx is kept for fiction), so the simulator owns it on every install.
export const firstNumber = "+12025550142";

export const firstWords = "Hello from Belfry. Your first call works.";

export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function curlCall(origin: string, to: string): string {
  const body = shellQuote(JSON.stringify({ to, say: firstWords }));
  return `curl ${origin}/admin/api/calls \\\n  -H 'content-type: application/json' \\\n  -d ${body}`;
}

export function curlNotification(origin: string, to: string): string {
  const body = shellQuote(JSON.stringify({ phone_number: to, task_title: "Submit quarterly report" }));
  return `curl ${origin}/notifications/call \\\n  -H 'content-type: application/json' \\\n  -d ${body}`;
}

/// Health checks come as true, "ok", or an object that says so.
export function isHealthy(check: unknown): boolean {
  if (check === true || check === "ok") return true;
  if (typeof check !== "object" || check === null) return false;
  const { ok, status } = check as { ok?: unknown; status?: unknown };
  return ok === true || status === "ok";
}

/// The first number of the fictional range that has no phone yet.
export function freeNumber(phones: readonly Phone[]): string {
  const taken = new Set(phones.map((phone) => phone.number));
  for (let last = 43; last < 100; ++last) {
    const number = `+120255501${last}`;
    if (!taken.has(number)) return number;
  }
  return "";
}
