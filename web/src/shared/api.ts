import { ApiError, toApiError } from "./api-error";
import type {
  Call,
  CallEvent,
  CallWithMedia,
  Notification,
  NotificationPlaced,
  Page,
  Phone,
  PhoneBehaviour,
  PlaceCall,
  ServerStatus,
} from "./types";

export interface CallFilter {
  status?: string;
  number?: string;
  cursor?: string | null;
}

/// Every request the pages make. All go to the page's own origin; all that change something are JSON.
export const api = {
  status: () => get<ServerStatus>("/admin/api/status"),

  calls: ({ status, number, cursor }: CallFilter = {}) => {
    const query = new URLSearchParams({ limit: "50" });
    if (status) query.set("status", status);
    if (number) query.set("number", number);
    if (cursor) query.set("cursor", cursor);
    return get<Page<Call>>(`/admin/api/calls?${query.toString()}`);
  },
  call: (sid: string) => get<CallWithMedia>(`/admin/api/calls/${encodeURIComponent(sid)}`),
  callEvents: (sid: string) =>
    get<{ items: CallEvent[] }>(`/admin/api/calls/${encodeURIComponent(sid)}/events`),
  placeCall: (call: PlaceCall) => post<Call>("/admin/api/calls", call),
  hangUpCall: (sid: string) => post<Call>(`/admin/api/calls/${encodeURIComponent(sid)}/hang-up`),

  phones: () => get<{ items: Phone[] }>("/sim/phones"),
  phone: (number: string) => get<Phone>(phonePath(number)),
  setPhone: (number: string, behaviour: PhoneBehaviour) => send<unknown>("PUT", phonePath(number), behaviour),
  answer: (number: string) => post<unknown>(phonePath(number, "/answer")),
  hangUpPhone: (number: string) => post<unknown>(phonePath(number, "/hang-up")),
  press: (number: string, digits: string) => post<unknown>(phonePath(number, "/press"), { digits }),
  say: (number: string, text: string) => post<unknown>(phonePath(number, "/say"), { text }),
  callFrom: (number: string, to: string) => post<unknown>(phonePath(number, "/call"), { to }),
  messageFrom: (number: string, to: string, body: string) =>
    post<unknown>(phonePath(number, "/message"), { to, body }),
  forgetPhones: () => send<unknown>("DELETE", "/sim"),

  notifications: () => get<{ items: Notification[] }>("/notifications/call"),
  notify: (request: { phone_number: string; task_title: string; task_id?: string }) =>
    post<NotificationPlaced>("/notifications/call", request),
};

/// A plus sign is legal in a path, but some clients read it as a space: the server's numbers are percent-encoded.
export function phonePath(number: string, action = ""): string {
  return `/sim/phones/${encodeURIComponent(number)}${action}`;
}

function get<T>(path: string): Promise<T> {
  return send<T>("GET", path);
}

function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>("POST", path, body);
}

/// @throws ApiError for every refusal and for a server that cannot be reached (status 0).
async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(path, init).catch(() => {
    throw toApiError(0, undefined);
  });
  const answer = await readJson(response);
  if (!response.ok) throw toApiError(response.status, answer);
  return answer as T;
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!response.ok) return undefined;
    throw new ApiError(response.status, "Belfry's answer is not JSON.");
  }
}
