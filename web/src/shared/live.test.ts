import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen, readMessage, type LiveListener } from "./live";

/// The browser's side of an event stream, played by hand.
class Stream extends EventTarget {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 1;
  closed = false;
  close() {
    this.closed = true;
  }
  say(kind: string, data: string) {
    this.dispatchEvent(Object.assign(new Event(kind), { data }));
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
}

describe("listen", () => {
  let streams: Stream[];
  let listener: { [Name in keyof LiveListener]: ReturnType<typeof vi.fn> };
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", { CLOSED: 2 });
    streams = [];
    listener = { connected: vi.fn(), disconnected: vi.fn(), message: vi.fn() };
    stop = listen(listener as unknown as LiveListener, () => {
      const stream = new Stream();
      streams.push(stream);
      return stream as unknown as EventSource;
    });
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("passes on what it understands and drops the rest", () => {
    streams[0]?.say("phone", '{"number":"+11","state":"ringing","rings":1,"calls":[]}');
    streams[0]?.say("take5", '{"status":"started"}');
    streams[0]?.say("phone", "not JSON");
    streams[0]?.say("elsewhere", "{}");
    expect(listener.message).toHaveBeenCalledTimes(1);
    expect(listener.message.mock.calls[0]?.[0]).toMatchObject({ kind: "phone", phone: { number: "+11" } });
  });

  it("leaves a broken connection to the browser", () => {
    streams[0]?.fail(0);
    vi.advanceTimersByTime(60_000);
    expect(streams).toHaveLength(1);
    streams[0]?.onopen?.();
    expect(listener.disconnected).toHaveBeenCalledTimes(1);
    expect(listener.connected).toHaveBeenCalledTimes(1);
  });

  it("opens a new stream when the browser has given up", () => {
    streams[0]?.fail(2);
    vi.advanceTimersByTime(1999);
    expect(streams).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(streams).toHaveLength(2);
  });

  it("opens none after it was stopped", () => {
    streams[0]?.fail(2);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(streams).toHaveLength(1);
    expect(streams[0]?.closed).toBe(true);
  });
});

describe("readMessage", () => {
  it("reads a call with and without its event", () => {
    expect(readMessage("call", '{"call":{"sid":"CA1"},"event":{"seq":1}}')).toEqual({
      kind: "call",
      call: { sid: "CA1" },
      event: { seq: 1 },
    });
    expect(readMessage("call", '{"call":{"sid":"CA1"}}')).toEqual({
      kind: "call",
      call: { sid: "CA1" },
      event: null,
    });
  });

  it("refuses what has no identity", () => {
    expect(readMessage("call", "{}")).toBeNull();
    expect(readMessage("phone", "null")).toBeNull();
    expect(readMessage("notification", '{"task_title":"x"}')).toBeNull();
  });
});
