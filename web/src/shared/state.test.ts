import { describe, expect, it } from "vitest";
import {
  currentCall,
  initialState,
  reduce,
  selectCalls,
  selectGroupCalls,
  selectNotifications,
  selectPhones,
  type Action,
  type State,
} from "./state";
import type { Call, CallEvent, GroupCall, Notification, Phone, PhoneCall } from "./types";

const call = (change: Partial<Call> = {}): Call => ({
  sid: "CA1",
  parent_sid: null,
  direction: "outbound-api",
  from: "+12025550100",
  to: "+12025550142",
  status: "ringing",
  created_at: "2026-03-01T10:00:00.000Z",
  answered_at: null,
  ended_at: null,
  duration_s: null,
  end_reason: null,
  answered_by: null,
  error_code: null,
  endpoint: "simulator",
  application: "",
  ...change,
});

const event = (seq: number): CallEvent => ({
  seq,
  at: "2026-03-01T10:00:00.000Z",
  type: "call.ringing",
  data: {},
});

const phone = (number: string, state: Phone["state"], calls: PhoneCall[] = []): Phone => ({
  number,
  state,
  rings: 0,
  calls,
});

const notification = (change: Partial<Notification> = {}): Notification => ({
  call_sid: "CA1",
  task_id: null,
  task_title: "Submit quarterly report",
  to: "+12025550142",
  status: "queued",
  acknowledged: false,
  digits: null,
  processed_at: null,
  initiated_at: "2026-03-01T10:00:00Z",
  end_reason: null,
  ...change,
});

const groupCall = (change: Partial<GroupCall> = {}): GroupCall => ({
  callId: "take5-1-1",
  groupId: 1,
  groupName: "Standup",
  status: "started",
  scheduledTime: "2026-03-01T10:00:00.000Z",
  startTime: null,
  endTime: null,
  duration: 0,
  plannedMinutes: 5,
  participants: [],
  usersConnected: [],
  ...change,
});

const after = (...actions: Action[]): State => actions.reduce(reduce, initialState);

describe("calls", () => {
  it("follow live messages and collect their events in order", () => {
    const state = after(
      { do: "live", message: { kind: "call", call: call({ status: "ringing" }), event: event(3) } },
      { do: "live", message: { kind: "call", call: call({ status: "in-progress" }), event: event(4) } },
      { do: "learn-events", sid: "CA1", events: [event(1), event(2), event(3)] },
    );
    expect(state.calls.CA1?.status).toBe("in-progress");
    expect(state.events.CA1?.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it("do not go back when an answer is overtaken by a live message", () => {
    const state = after(
      { do: "live", message: { kind: "call", call: call({ status: "completed" }), event: event(9) } },
      { do: "learn-calls", calls: [call({ status: "queued" })] },
    );
    expect(state.calls.CA1?.status).toBe("completed");
  });

  it("take a later answer in the same state, which may tell more", () => {
    const state = after(
      { do: "learn-calls", calls: [call({ status: "completed" })] },
      { do: "learn-calls", calls: [call({ status: "completed", duration_s: 12 })] },
    );
    expect(state.calls.CA1?.duration_s).toBe(12);
  });

  it("are listed newest first and filtered by state and number", () => {
    const state = after({
      do: "learn-calls",
      calls: [
        call({ sid: "CA1", created_at: "2026-03-01T10:00:00Z", status: "busy" }),
        call({ sid: "CA2", created_at: "2026-03-01T11:00:00Z" }),
        call({ sid: "CA3", created_at: "2026-03-01T12:00:00Z", to: "+15075550111" }),
      ],
    });
    const sids = (status: string, number: string) =>
      selectCalls(state, { status, number }).map(({ sid }) => sid);
    expect(sids("", "")).toEqual(["CA3", "CA2", "CA1"]);
    expect(sids("busy", "")).toEqual(["CA1"]);
    expect(sids("", "+1 (507) 555")).toEqual(["CA3"]);
    expect(sids("busy", "507")).toEqual([]);
  });
});

describe("phones", () => {
  it("that ring come first, then those in a call", () => {
    const state = after({
      do: "replace-phones",
      phones: [phone("+11", "idle"), phone("+12", "in-call"), phone("+13", "ringing")],
      asOf: 0,
    });
    expect(selectPhones(state).map(({ number }) => number)).toEqual(["+13", "+12", "+11"]);
  });

  it("that the server no longer lists are forgotten", () => {
    const heard = after({ do: "live", message: { kind: "phone", phone: phone("+11", "ringing") } });
    expect(selectPhones(reduce(heard, { do: "replace-phones", phones: [], asOf: heard.revision }))).toEqual(
      [],
    );
  });

  it("go on ringing when an answer from before arrives after the live message", () => {
    const asked = after({ do: "live", message: { kind: "phone", phone: phone("+12", "in-call") } });
    const rings = reduce(asked, { do: "live", message: { kind: "phone", phone: phone("+11", "ringing") } });
    const listed = reduce(rings, {
      do: "replace-phones",
      phones: [phone("+11", "idle"), phone("+12", "idle")],
      asOf: asked.revision,
    });
    expect(listed.phones["+11"]?.state).toBe("ringing");
    expect(listed.phones["+12"]?.state).toBe("idle");
    const learned = reduce(rings, { do: "learn-phone", phone: phone("+11", "idle"), asOf: asked.revision });
    expect(learned.phones["+11"]?.state).toBe("ringing");
    expect(
      reduce(rings, { do: "learn-phone", phone: phone("+11", "idle"), asOf: rings.revision }).phones["+11"]
        ?.state,
    ).toBe("idle");
  });

  it("are in the call that rang last, in whichever order calls are listed", () => {
    const made = (call_sid: string, rang_at: string) => ({ call_sid, rang_at }) as PhoneCall;
    const early = made("CA1", "2026-03-01T10:00:00Z");
    const late = made("CA2", "2026-03-01T11:00:00Z");
    expect(currentCall(phone("+11", "ringing", [early, late]))?.call_sid).toBe("CA2");
    expect(currentCall(phone("+11", "ringing", [late, early]))?.call_sid).toBe("CA2");
    expect(currentCall(phone("+11", "idle"))).toBeUndefined();
  });
});

describe("group calls", () => {
  it("follow live messages, which an answer from before does not undo", () => {
    const begun = groupCall({ status: "in-progress" });
    const state = after(
      { do: "live", message: { kind: "take5", groupCall: begun } },
      { do: "learn-group-calls", calls: [groupCall(), groupCall({ callId: "take5-1-0" })], asOf: 0 },
    );
    expect(state.groupCalls["take5-1-1"]).toBe(begun);
    expect(state.groupCalls["take5-1-0"]?.status).toBe("started");
    const later = reduce(state, { do: "learn-group-calls", calls: [groupCall()], asOf: state.revision });
    expect(later.groupCalls["take5-1-1"]?.status).toBe("started");
  });

  it("are listed newest first, by group", () => {
    const calls = [
      groupCall({ callId: "take5-1-1", startTime: "2026-03-01T10:00:00.000Z" }),
      groupCall({ callId: "take5-1-2", scheduledTime: "2026-03-03T10:00:00.000Z" }),
      groupCall({ callId: "take5-2-1", groupId: 2, startTime: "2026-03-02T10:00:00.000Z" }),
    ];
    const state = after({ do: "learn-group-calls", calls, asOf: 0 });
    const ids = (group?: number) => selectGroupCalls(state, group).map(({ callId }) => callId);
    expect(ids()).toEqual(["take5-1-2", "take5-2-1", "take5-1-1"]);
    expect(ids(1)).toEqual(["take5-1-2", "take5-1-1"]);
  });
});

describe("notifications", () => {
  it("stay acknowledged when an older list arrives late", () => {
    const state = after(
      {
        do: "live",
        message: {
          kind: "notification",
          notification: notification({ status: "in-progress", acknowledged: true }),
        },
      },
      { do: "replace-notifications", notifications: [notification({ status: "in-progress" })] },
    );
    expect(selectNotifications(state)[0]?.acknowledged).toBe(true);
  });

  it("move on with the call, and to acknowledged after it is over", () => {
    const state = after(
      { do: "live", message: { kind: "notification", notification: notification({ status: "completed" }) } },
      {
        do: "live",
        message: {
          kind: "notification",
          notification: notification({ status: "completed", acknowledged: true }),
        },
      },
    );
    expect(selectNotifications(state)[0]?.acknowledged).toBe(true);
  });
});

describe("the connection", () => {
  it("is counted at each connect, so that lists are read again", () => {
    const state = after({ do: "connect" }, { do: "disconnect" }, { do: "connect" });
    expect(state.connections).toBe(2);
    expect(state.connected).toBe(true);
    expect(after({ do: "connect" }, { do: "disconnect" }).connected).toBe(false);
  });
});
