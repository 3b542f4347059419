import { get, post, send } from "../../shared/http";

/// What answers calls and messages, of a number or of an application.
export interface Answering {
  friendly_name: string | null;
  voice_url: string | null;
  voice_method: "GET" | "POST" | null;
  voice_fallback_url: string | null;
  status_callback: string | null;
  sms_url: string | null;
  sms_method: "GET" | "POST" | null;
  /// A document that answers by itself, instead of `voice_url`.
  twiml: string | null;
}

export interface Application extends Answering {
  sid: string;
  created_at: string;
}

export interface PhoneNumber extends Answering {
  sid: string;
  created_at: string;
  phone_number: string;
  voice_application_sid: string | null;
  sms_application_sid: string | null;
  /// It is in belfry.toml.
  from_file: boolean;
}

export interface ApiKey {
  sid: string;
  friendly_name: string;
  created_at: string;
  /// The key of the keys file, which stays.
  of_installation: boolean;
}

export interface TrunkTerms {
  name: string;
  host: string;
  transport: "udp" | "tcp" | "tls";
  srtp: "off" | "optional" | "required";
  username?: string;
  password?: string;
  register: boolean;
  prefixes: string[];
  caller_id?: string;
  country?: string;
  max_calls_per_second: number;
  max_channels: number;
  max_waiting: number;
}

export interface Trunk extends TrunkTerms {
  state: string;
  channels_in_use: number;
  calls_waiting: number;
  addresses: string[];
  from_file: boolean;
}

export interface TrunkLine {
  what: "address" | "registration" | "route" | "call" | "audio";
  ok: boolean;
  seen: string;
  fix: string;
}

export interface TrunkReport {
  ok: boolean;
  lines: TrunkLine[];
  call_sid: string | null;
}

const path = (folder: string, id: string) => `/admin/api/${folder}/${encodeURIComponent(id)}`;

/// What the pages of *Settings* ask for.
export const settings = {
  numbers: () => get<{ items: PhoneNumber[] }>("/admin/api/numbers"),
  addNumber: (number: Partial<PhoneNumber>) => post<PhoneNumber>("/admin/api/numbers", number),
  changeNumber: (sid: string, change: Partial<PhoneNumber>) =>
    send<PhoneNumber>("PATCH", path("numbers", sid), change),
  removeNumber: (sid: string) => send<unknown>("DELETE", path("numbers", sid)),

  applications: () => get<{ items: Application[] }>("/admin/api/applications"),
  addApplication: (application: Partial<Application>) =>
    post<Application>("/admin/api/applications", application),
  changeApplication: (sid: string, change: Partial<Application>) =>
    send<Application>("PATCH", path("applications", sid), change),
  removeApplication: (sid: string) => send<unknown>("DELETE", path("applications", sid)),

  trunks: () => get<{ items: Trunk[] }>("/admin/api/trunks"),
  setUpTrunk: (terms: TrunkTerms) => post<TrunkTerms>("/admin/api/trunks", terms),
  removeTrunk: (name: string) => send<unknown>("DELETE", path("trunks", name)),
  checkTrunk: (name: string, to: string) => post<TrunkReport>(`${path("trunks", name)}/check`, { to }),

  keys: () => get<{ items: ApiKey[] }>("/admin/api/keys"),
  makeKey: (name: string) => post<ApiKey & { secret: string }>("/admin/api/keys", { friendly_name: name }),
  revokeKey: (sid: string) => send<unknown>("DELETE", path("keys", sid)),
};
