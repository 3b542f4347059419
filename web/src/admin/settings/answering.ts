import type { Answering, Application, PhoneNumber } from "./settings-api";

export type VoiceBy = "application" | "url" | "twiml" | "nobody";

/// The form of a number or an application. An application itself has no `voiceApplication`.
export interface AnsweringForm {
  phoneNumber: string;
  friendlyName: string;
  voiceBy: VoiceBy;
  voiceUrl: string;
  voiceMethod: "GET" | "POST";
  fallbackUrl: string;
  statusCallback: string;
  twiml: string;
  voiceApplication: string;
  smsUrl: string;
  smsMethod: "GET" | "POST";
}

export const firstTwiml = "<Response>\n  <Say>Hello. You have reached Belfry.</Say>\n</Response>";

export const emptyAnswering: AnsweringForm = {
  phoneNumber: "",
  friendlyName: "",
  voiceBy: "url",
  voiceUrl: "",
  voiceMethod: "POST",
  fallbackUrl: "",
  statusCallback: "",
  twiml: firstTwiml,
  voiceApplication: "",
  smsUrl: "",
  smsMethod: "POST",
};

export function toForm(value: Application | PhoneNumber): AnsweringForm {
  return {
    phoneNumber: "phone_number" in value ? value.phone_number : "",
    friendlyName: value.friendly_name ?? "",
    voiceBy: voiceBy(value),
    voiceUrl: value.voice_url ?? "",
    voiceMethod: value.voice_method ?? "POST",
    fallbackUrl: value.voice_fallback_url ?? "",
    statusCallback: value.status_callback ?? "",
    twiml: value.twiml ?? firstTwiml,
    voiceApplication: "voice_application_sid" in value ? (value.voice_application_sid ?? "") : "",
    smsUrl: value.sms_url ?? "",
    smsMethod: value.sms_method ?? "POST",
  };
}

/// What answers calls, in the server's order: an application, then a document, then a URL.
export function voiceBy(value: Application | PhoneNumber): VoiceBy {
  if ("voice_application_sid" in value && value.voice_application_sid) return "application";
  if (value.twiml) return "twiml";
  return value.voice_url ? "url" : "nobody";
}

/// What the form changes; members of the ways that were not chosen are cleared, so that one way is left.
export function toAnswering(form: AnsweringForm): Answering {
  const by = (way: VoiceBy, text: string) => (form.voiceBy === way && text.trim() ? text.trim() : null);
  return {
    friendly_name: form.friendlyName.trim() || null,
    voice_url: by("url", form.voiceUrl),
    voice_method: form.voiceMethod,
    voice_fallback_url: by("url", form.fallbackUrl),
    status_callback: form.statusCallback.trim() || null,
    sms_url: form.smsUrl.trim() || null,
    sms_method: form.smsMethod,
    twiml: by("twiml", form.twiml),
  };
}

export function toNumber(form: AnsweringForm): Partial<PhoneNumber> {
  const sid = form.voiceBy === "application" ? form.voiceApplication : "";
  return { ...toAnswering(form), phone_number: form.phoneNumber, voice_application_sid: sid || null };
}

/// One line: what answers.
export function describe(
  value: Application | PhoneNumber,
  applications: readonly Application[] = [],
): { calls: string; messages: string } {
  const way = voiceBy(value);
  const named = (sid: string | null | undefined) =>
    applications.find((each) => each.sid === sid)?.friendly_name ?? sid ?? "";
  const messages = value.sms_url ?? "";
  if (way === "application" && "voice_application_sid" in value)
    return { calls: `application ${named(value.voice_application_sid)}`, messages };
  if (way === "twiml") return { calls: "a document of its own", messages };
  return { calls: way === "url" ? (value.voice_url ?? "") : "", messages };
}
