/// The words of KIN's document for what a browser phone is doing.
export type CallStatus = "idle" | "ready" | "error" | "incoming" | "outgoing" | "connected";

/// What is known of the phone; its status follows from it.
export interface PhoneFacts {
  registered: boolean;
  /// Since the last error of the device, until it is registered again.
  failed: boolean;
  call: "incoming" | "outgoing" | "connected" | null;
}

export type PhoneEvent =
  | "registered"
  | "unregistered"
  | "device-error"
  | "call-arrived"
  | "call-placed"
  | "call-accepted"
  | "call-ended";

export const noFacts: PhoneFacts = { registered: false, failed: false, call: null };

export function afterEvent(facts: PhoneFacts, event: PhoneEvent): PhoneFacts {
  switch (event) {
    case "registered":
      return { ...facts, registered: true, failed: false };
    case "unregistered":
      return { ...facts, registered: false };
    case "device-error":
      return { ...facts, failed: true };
    case "call-arrived":
      return { ...facts, call: "incoming" };
    case "call-placed":
      return { ...facts, call: "outgoing" };
    case "call-accepted":
      return { ...facts, call: "connected" };
    case "call-ended":
      return { ...facts, call: null };
  }
}

/// A call outlives errors of the device: signalling may be lost and found again while people talk, and they must be
/// able to hang up meanwhile. So an error is the status only where there is no call.
export function statusOf({ registered, failed, call }: PhoneFacts): CallStatus {
  if (call) return call;
  if (failed) return "error";
  return registered ? "ready" : "idle";
}
