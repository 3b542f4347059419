import type { LiveMessage } from "./live";
import type { Call, CallEvent, CallStatus, GroupCall, Notification, Phone } from "./types";

/// All that the pages know of the running server. Lists are read once per connection, then kept by live messages.
export interface State {
  /// Counts connections to the event stream; a page reads its lists again when it grows.
  connections: number;
  connected: boolean;
  calls: Readonly<Record<string, Call>>;
  events: Readonly<Record<string, readonly CallEvent[]>>;
  phones: Readonly<Record<string, Phone>>;
  groupCalls: Readonly<Record<string, GroupCall>>;
  /// Counts live messages about phones and group calls; `heard` holds the count at which each number, and each group
  /// call's id, was last heard of.
  revision: number;
  heard: Readonly<Record<string, number>>;
  notifications: Readonly<Record<string, Notification>>;
}

export type Action =
  | { do: "connect" }
  | { do: "disconnect" }
  | { do: "live"; message: LiveMessage }
  | { do: "learn-calls"; calls: readonly Call[] }
  | { do: "learn-events"; sid: string; events: readonly CallEvent[] }
  | { do: "replace-phones"; phones: readonly Phone[]; asOf: number }
  | { do: "learn-phone"; phone: Phone; asOf: number }
  | { do: "learn-group-calls"; calls: readonly GroupCall[]; asOf: number }
  | { do: "replace-notifications"; notifications: readonly Notification[] };

export const initialState: State = {
  connections: 0,
  connected: false,
  calls: {},
  events: {},
  phones: {},
  groupCalls: {},
  revision: 0,
  heard: {},
  notifications: {},
};

export function reduce(state: State, action: Action): State {
  switch (action.do) {
    case "connect":
      return { ...state, connected: true, connections: state.connections + 1 };
    case "disconnect":
      return { ...state, connected: false };
    case "live":
      return reduceLive(state, action.message);
    case "learn-calls":
      return { ...state, calls: action.calls.reduce(withCall, state.calls) };
    case "learn-events":
      return { ...state, events: withEvents(state.events, action.sid, action.events) };
    case "replace-phones":
      return { ...state, phones: replacePhones(state, action.phones, action.asOf) };
    case "learn-phone":
      return heardSince(state, action.phone.number, action.asOf) ? state : withPhone(state, action.phone);
    case "learn-group-calls":
      return { ...state, groupCalls: learnGroupCalls(state, action.calls, action.asOf) };
    case "replace-notifications":
      return { ...state, notifications: replaceNotifications(state.notifications, action.notifications) };
  }
}

function reduceLive(state: State, message: LiveMessage): State {
  switch (message.kind) {
    case "call": {
      const { call, event } = message;
      const events = event ? withEvents(state.events, call.sid, [event]) : state.events;
      return { ...state, calls: withCall(state.calls, call), events };
    }
    case "phone":
      return hear(withPhone(state, message.phone), message.phone.number);
    case "take5": {
      const { groupCall } = message;
      const groupCalls = { ...state.groupCalls, [groupCall.callId]: groupCall };
      return hear({ ...state, groupCalls }, groupCall.callId);
    }
    case "notification": {
      const { notification } = message;
      const known = state.notifications[notification.call_sid];
      return {
        ...state,
        notifications: {
          ...state.notifications,
          [notification.call_sid]: laterNotification(known, notification),
        },
      };
    }
  }
}

const progress: Readonly<Record<CallStatus, number>> = {
  queued: 0,
  initiated: 1,
  ringing: 2,
  "in-progress": 3,
  completed: 4,
  busy: 4,
  failed: 4,
  "no-answer": 4,
  canceled: 4,
};

export function isOver(status: CallStatus): boolean {
  return progress[status] === 4;
}

/// A call only moves forward, so an answer that was overtaken by a live message is recognised and dropped.
function withCall(calls: State["calls"], call: Call): State["calls"] {
  const known = calls[call.sid];
  if (known && progress[call.status] < progress[known.status]) return calls;
  return { ...calls, [call.sid]: call };
}

function withPhone(state: State, phone: Phone): State {
  return { ...state, phones: { ...state.phones, [phone.number]: phone } };
}

function hear(state: State, key: string): State {
  const revision = state.revision + 1;
  return { ...state, revision, heard: { ...state.heard, [key]: revision } };
}

/// A phone may ring and fall silent again, and so may a participant of a group call: their states cannot tell which of
/// two answers is newer. What was asked for before a live message came (`asOf`) must not undo that message: answers do
/// arrive later than it.
function heardSince(state: State, key: string, asOf: number): boolean {
  return (state.heard[key] ?? 0) > asOf;
}

function replacePhones(state: State, listed: readonly Phone[], asOf: number): State["phones"] {
  const newer = Object.values(state.phones).filter(({ number }) => heardSince(state, number, asOf));
  return Object.fromEntries([...listed, ...newer].map((phone) => [phone.number, phone]));
}

function learnGroupCalls(state: State, listed: readonly GroupCall[], asOf: number): State["groupCalls"] {
  const news = listed.filter(({ callId }) => !heardSince(state, callId, asOf));
  return { ...state.groupCalls, ...Object.fromEntries(news.map((call) => [call.callId, call])) };
}

function withEvents(all: State["events"], sid: string, added: readonly CallEvent[]): State["events"] {
  const bySeq = new Map((all[sid] ?? []).map((event) => [event.seq, event]));
  for (const event of added) bySeq.set(event.seq, event);
  return { ...all, [sid]: [...bySeq.values()].sort((a, b) => a.seq - b.seq) };
}

function laterNotification(known: Notification | undefined, next: Notification): Notification {
  if (!known) return next;
  const older = progress[next.status] < progress[known.status] || (known.acknowledged && !next.acknowledged);
  return older ? known : next;
}

function replaceNotifications(
  known: State["notifications"],
  next: readonly Notification[],
): State["notifications"] {
  return Object.fromEntries(
    next.map((entry) => [entry.call_sid, laterNotification(known[entry.call_sid], entry)]),
  );
}

export interface CallQuery {
  status: string;
  number: string;
}

/// Newest first; the same filter that the server applies, so that live calls appear only where they belong.
export function selectCalls(state: State, { status, number }: CallQuery): Call[] {
  const wanted = number.replace(/[^\d+*#a-z]/gi, "").toLowerCase();
  return Object.values(state.calls)
    .filter((call) => !status || call.status === status)
    .filter((call) => !wanted || [call.from, call.to].some((party) => party.toLowerCase().includes(wanted)))
    .sort((a, b) => b.created_at.localeCompare(a.created_at) || b.sid.localeCompare(a.sid));
}

/// Ringing phones first, then those in a call, then by number: what needs a hand is on top.
export function selectPhones(state: State): Phone[] {
  const order = { ringing: 0, "in-call": 1, idle: 2 };
  return Object.values(state.phones).sort(
    (a, b) => order[a.state] - order[b.state] || a.number.localeCompare(b.number),
  );
}

export function selectNotifications(state: State): Notification[] {
  return Object.values(state.notifications).sort(
    (a, b) => b.initiated_at.localeCompare(a.initiated_at) || b.call_sid.localeCompare(a.call_sid),
  );
}

/// A group's calls, newest first; without a group those of all.
export function selectGroupCalls(state: State, group?: number): GroupCall[] {
  const at = ({ startTime, scheduledTime }: GroupCall) => startTime ?? scheduledTime;
  return Object.values(state.groupCalls)
    .filter(({ groupId }) => group === undefined || groupId === group)
    .sort((a, b) => at(b).localeCompare(at(a)) || b.callId.localeCompare(a.callId));
}

/// The call that a phone is in or that rings it; the last one when it is idle. Old calls come first or last,
/// depending on the server's version, so time decides.
export function currentCall(phone: Phone): Phone["calls"][number] | undefined {
  return [...phone.calls].sort((a, b) => (b.rang_at ?? "").localeCompare(a.rang_at ?? ""))[0];
}
