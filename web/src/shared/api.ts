import { get, post, send } from "./http";
import type {
  Call,
  CallEvent,
  CallWithMedia,
  Conference,
  Notification,
  NotificationPlaced,
  Message,
  Page,
  Phone,
  PhoneBehaviour,
  PlaceCall,
  Recording,
  ServerStatus,
} from "./types";

export interface CallFilter {
  status?: string;
  number?: string;
  cursor?: string | null;
}

export interface MessageFilter {
  status?: string;
  call?: string;
  cursor?: string | null;
}

/// What the pages of calls and phones ask for. All go to the page's own origin; all that change something are JSON.
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

  recordingsOf: (subject: string) => {
    const folder = subject.startsWith("CF") ? "conferences" : "calls";
    return get<{ items: Recording[] }>(`/admin/api/${folder}/${encodeURIComponent(subject)}/recordings`);
  },

  conferences: () => get<{ items: Conference[] }>("/admin/api/conferences"),
  conference: (sid: string) => get<Conference>(conferencePath(sid)),
  endConference: (sid: string) => post<Conference>(conferencePath(sid, "/end")),
  changeParticipant: (sid: string, call: string, change: { muted?: boolean; hold?: boolean }) =>
    send<unknown>("PATCH", conferencePath(sid, `/participants/${encodeURIComponent(call)}`), change),
  removeParticipant: (sid: string, call: string) =>
    send<unknown>("DELETE", conferencePath(sid, `/participants/${encodeURIComponent(call)}`)),

  messages: ({ status, call, cursor }: MessageFilter = {}) => {
    const query = new URLSearchParams({ limit: "50" });
    if (status) query.set("status", status);
    if (call) query.set("call_sid", call);
    if (cursor) query.set("cursor", cursor);
    return get<Page<Message>>(`/admin/api/messages?${query.toString()}`);
  },

  phones: () => get<{ items: Phone[] }>("/sim/phones"),
  phone: (number: string) => get<Phone>(phonePath(number)),
  setPhone: (number: string, behaviour: PhoneBehaviour) => send<unknown>("PUT", phonePath(number), behaviour),
  answer: (number: string) => post<unknown>(phonePath(number, "/answer")),
  hangUpPhone: (number: string) => post<unknown>(phonePath(number, "/hang-up")),
  press: (number: string, digits: string) => post<unknown>(phonePath(number, "/press"), { digits }),
  say: (number: string, text: string) => post<unknown>(phonePath(number, "/say"), { text }),
  callFrom: (number: string, to: string) => post<unknown>(phonePath(number, "/call"), { to }),
  phoneToken: (number: string) => post<{ identity: string; token: string }>(phonePath(number, "/token")),
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

function conferencePath(sid: string, action = ""): string {
  return `/admin/api/conferences/${encodeURIComponent(sid)}${action}`;
}
