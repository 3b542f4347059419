import type { Call, CallEvent, GroupCall, Notification, Phone } from "./types";

export type LiveMessage =
  | { kind: "call"; call: Call; event: CallEvent | null }
  | { kind: "phone"; phone: Phone }
  | { kind: "notification"; notification: Notification }
  | { kind: "take5"; groupCall: GroupCall };

export interface LiveListener {
  /// Called at every connection, the first included: what happened before is not repeated, so lists are read again.
  connected(): void;
  disconnected(): void;
  message(message: LiveMessage): void;
}

const retryMs = 2000;

/// The server-sent events of /admin/api/events. The browser reconnects by itself after a broken connection;
/// after an HTTP error it gives up for good, so that case is retried here.
export function listen(
  listener: LiveListener,
  open: () => EventSource = () => new EventSource("/admin/api/events"),
): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    source = open();
    source.onopen = () => listener.connected();
    source.onerror = () => {
      listener.disconnected();
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, retryMs);
    };
    for (const kind of ["call", "phone", "notification", "take5"] as const) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        const message = readMessage(kind, event.data);
        if (message) listener.message(message);
      });
    }
  };

  connect();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

/// @return null for what is not JSON or lacks its identity; one bad message must not stop the page.
export function readMessage(kind: LiveMessage["kind"], text: string): LiveMessage | null {
  try {
    const body: unknown = JSON.parse(text);
    switch (kind) {
      case "call": {
        const { call, event } = body as { call?: Call; event?: CallEvent };
        return call?.sid ? { kind, call, event: event ?? null } : null;
      }
      case "phone": {
        const phone = body as Phone;
        return phone.number ? { kind, phone } : null;
      }
      case "notification": {
        const notification = body as Notification;
        return notification.call_sid ? { kind, notification } : null;
      }
      case "take5": {
        const groupCall = body as GroupCall;
        return groupCall.callId ? { kind, groupCall } : null;
      }
    }
  } catch {
    return null;
  }
}
