import type { Tone } from "../../shared/components/pill";
import type { Trunk, TrunkTerms } from "./settings-api";

/// The wizard's form: texts as typed.
export interface TrunkForm {
  name: string;
  host: string;
  transport: TrunkTerms["transport"];
  srtp: TrunkTerms["srtp"];
  username: string;
  password: string;
  register: boolean;
  prefixes: string;
  callerId: string;
  country: string;
  callsPerSecond: number;
  channels: number;
  waiting: number;
}

export const newTrunk: TrunkForm = {
  name: "",
  host: "",
  transport: "udp",
  srtp: "off",
  username: "",
  password: "",
  register: false,
  prefixes: "",
  callerId: "",
  country: "",
  callsPerSecond: 5,
  channels: 30,
  waiting: 100,
};

/// "+1, +44 +507" → ["+1", "+44", "+507"]; none is every number.
export function readPrefixes(typed: string): string[] {
  const prefixes = typed.split(/[\s,;]+/).filter(Boolean);
  return prefixes.length > 0 ? prefixes : [""];
}

export function toTerms(form: TrunkForm): TrunkTerms {
  const terms: TrunkTerms = {
    name: form.name.trim(),
    host: form.host.trim(),
    transport: form.transport,
    srtp: form.srtp,
    register: form.register,
    prefixes: readPrefixes(form.prefixes),
    max_calls_per_second: form.callsPerSecond,
    max_channels: form.channels,
    max_waiting: form.waiting,
  };
  // The server takes no empty texts: what is not there is left out.
  if (form.username.trim()) terms.username = form.username.trim();
  if (form.password) terms.password = form.password;
  if (form.callerId.trim()) terms.caller_id = form.callerId.replace(/[\s().-]/g, "");
  if (form.country.trim()) terms.country = form.country.trim().toUpperCase();
  return terms;
}

/// One line under a trunk's name.
export function describeTrunk({ host, transport, srtp, prefixes }: Trunk): string {
  const numbers = prefixes.filter(Boolean);
  const encrypted = srtp === "off" ? "" : srtp === "required" ? "SRTP only" : "SRTP if offered";
  return [
    host,
    transport.toUpperCase(),
    encrypted,
    prefixes.includes("") ? "every number" : numbers.length > 0 ? numbers.join(", ") : "no route",
  ]
    .filter(Boolean)
    .join(" · ");
}

/// "up", "up, registered", "up, not registered", "down", "resolving".
export function trunkTone(state: string): Tone {
  if (state.startsWith("down") || state.includes("not registered")) return "bad";
  return state.startsWith("up") ? "good" : "waiting";
}
