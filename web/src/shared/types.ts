/// What the server's JSON looks like; names and words are the server's. Timestamps are ISO 8601 in UTC.

export type CallStatus =
  | "queued"
  | "initiated"
  | "ringing"
  | "in-progress"
  | "completed"
  | "busy"
  | "failed"
  | "no-answer"
  | "canceled";

export interface Call {
  sid: string;
  parent_sid: string | null;
  direction: "inbound" | "outbound-api" | "outbound-dial";
  from: string;
  to: string;
  status: CallStatus;
  created_at: string;
  answered_at: string | null;
  ended_at: string | null;
  duration_s: number | null;
  end_reason: string | null;
  answered_by: string | null;
  error_code: number | null;
  /// What carries it: "sip", "simulator"; null before anything does.
  endpoint: string | null;
  application: string;
}

export interface MediaStatistics {
  codec: string;
  packets_in: number;
  packets_out: number;
  lost: number;
  jitter_ms: number;
  round_trip_ms: number;
  mos: number | null;
  /// Packets that were refused, and where the last stranger's came from.
  from_strangers: number;
  stranger: string | null;
  remote: string | null;
  not_authentic: number;
  replayed: number;
  not_agreed: number;
  payload_type_not_agreed: number | null;
  /// The loudest that the party has been.
  sound: "unknown" | "digital-silence" | "faint" | "heard";
  party_reports: "none" | "hears-us" | "misses-us";
  /// Part of what we sent, 0 to 1.
  loss_there: number;
  held_by_us: boolean;
  held_by_party: boolean;
  idle_ms: number | null;
  handshake: string;
}

/// Why there is no audio; `fault` is "none" when there is nothing to complain of.
export interface AudioVerdict {
  fault: string;
  words: string;
}

export interface Audio {
  media: MediaStatistics | null;
  audio: AudioVerdict | null;
}

export interface CallWithMedia extends Call, Audio {}

export interface Recording {
  sid: string;
  status: "in-progress" | "paused" | "processing" | "completed" | "absent" | "failed";
  /// Twilio's words: "RecordVerb", "DialVerb", "Conference", "OutboundAPI" …
  source: string;
  channels: 1 | 2;
  started_at: string;
  duration_s: number | null;
  audio_url: string | null;
}

export interface Participant {
  call_sid: string;
  number: string | null;
  label: string | null;
  status: "queued" | "connecting" | "ringing" | "connected" | "complete" | "failed";
  speaking: boolean;
  muted: boolean;
  hold: boolean;
  /// The call that alone hears this one.
  coaching: string | null;
  /// The conference ends when this one leaves.
  moderator: boolean;
  joined_at: string;
}

export interface Conference {
  sid: string;
  name: string;
  status: "init" | "in-progress" | "completed";
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  reason_ended: string | null;
  participants: Participant[];
}

export type MessageStatus =
  | "accepted"
  | "scheduled"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "undelivered"
  | "failed"
  | "canceled"
  | "received"
  | "read";

/// A text message as the server keeps it.
export interface Message {
  sid: string;
  direction: "inbound" | "outbound";
  from: string;
  to: string;
  body: string;
  segments: number;
  media: number;
  status: MessageStatus;
  error_code: number | null;
  error_message: string | null;
  carrier: string | null;
  call_sid: string | null;
  created_at: string;
  sent_at: string | null;
}

/// One entry of a call's append-only log; `seq` grows by one within the call.
export interface CallEvent {
  seq: number;
  at: string;
  type: string;
  data: Record<string, unknown>;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface PlaceCall {
  to: string;
  from?: string;
  say?: string;
  twiml?: string;
  url?: string;
  status_callback?: string;
}

export interface Listener {
  kind: "http" | "https" | "sip-udp" | "sip-tcp" | "sip-tls" | "webrtc-udp" | "webrtc-tcp";
  address: string;
}

export interface ServerStatus {
  version: string;
  started_at: string;
  uptime_s: number;
  listeners: Listener[];
  simulator: boolean;
  account_sid: string;
  calls: { active: number; total: number };
  phones: number;
  trunks: { name: string; state: string }[];
  checks: Record<string, unknown>;
}

export type OnCall = "answer" | "busy" | "reject" | "no-answer" | "unreachable" | "voicemail" | "person";

export type ScriptStep =
  | { after_speech: true; press: string }
  | { after_ms: number; press: string }
  | { say: string }
  | { hang_up: true };

export interface PhoneBehaviour {
  on_call: OnCall;
  answer_after_ms?: number;
  script?: ScriptStep[];
  network?: { loss?: number; jitter_ms?: number; delay_ms?: number; one_way?: "in" | "out" };
  on_message?: { reply?: string; after_ms?: number; error?: number };
}

export interface Heard {
  at_ms: number;
  text: string;
}

export interface PhoneCall {
  call_sid: string;
  /// As the phone sees it.
  direction: "inbound" | "outbound";
  from: string;
  to: string;
  state: "ringing" | "dialing" | "in-call" | "ended";
  rang_at: string | null;
  answered_at: string | null;
  ended_at: string | null;
  end_reason: string | null;
  heard: Heard[];
  digits_heard: string | null;
  audio_url: string | null;
}

/// A text message as a phone shows it.
export interface TextMessage {
  from: string;
  to: string;
  body: string;
  at: string;
  media?: { content_type: string; url?: string }[];
}

export interface Phone extends Partial<PhoneBehaviour> {
  number: string;
  state: "idle" | "ringing" | "in-call";
  rings: number;
  calls: PhoneCall[];
  messages?: TextMessage[];
}

export interface Notification {
  call_sid: string;
  task_id: string | null;
  task_title: string;
  to: string;
  status: CallStatus;
  acknowledged: boolean;
  digits: string | null;
  processed_at: string | null;
  initiated_at: string;
  end_reason: string | null;
}

export interface NotificationPlaced {
  call_sid: string;
  status: CallStatus;
  to: string;
  message: string;
  initiated_at: string;
}

export type GroupCallStatus = "created" | "started" | "in-progress" | "ended" | "failed";

export interface GroupCallParticipant {
  participantId: string;
  phoneNumber: string;
  status: "added" | "queued" | "ringing" | "connected" | "no-answer" | "busy" | "failed" | "left" | "removed";
  /// Nobody's: the number was added by hand.
  userId?: number;
  /// Why it waits, or was not reached.
  reason?: string;
}

/// One call of a Take5 group, as lists and live messages show it.
export interface GroupCall {
  callId: string;
  groupId: number;
  groupName: string;
  status: GroupCallStatus;
  reason?: string;
  scheduledTime: string;
  startTime: string | null;
  endTime: string | null;
  /// Seconds since its start.
  duration: number;
  plannedMinutes: number;
  participants: GroupCallParticipant[];
  /// Users who were in it at some time.
  usersConnected: number[];
  conferenceSid?: string;
}
