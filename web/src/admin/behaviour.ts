import type { OnCall, Phone, PhoneBehaviour, ScriptStep } from "../shared/types";

export interface BehaviourForm {
  number: string;
  onCall: OnCall;
  answerAfterSeconds: number;
  pressAfterSpeech: string;
  lossPercent: number;
  jitterMs: number;
}

export const newPhone: BehaviourForm = {
  number: "",
  onCall: "person",
  answerAfterSeconds: 1,
  pressAfterSpeech: "",
  lossPercent: 0,
  jitterMs: 0,
};

export const behaviours: readonly { id: OnCall; name: string; about: string }[] = [
  { id: "person", name: "You answer", about: "Rings until you pick up on this page." },
  { id: "answer", name: "Answers", about: "Picks up by itself and listens." },
  { id: "voicemail", name: "Voicemail", about: "A greeting, a beep, then it records." },
  { id: "busy", name: "Busy", about: "Refuses because it is in a call." },
  { id: "reject", name: "Rejects", about: "Declines the call at once." },
  { id: "no-answer", name: "No answer", about: "Rings and nobody comes." },
  { id: "unreachable", name: "Unreachable", about: "The network does not find it." },
];

export function answersByItself(onCall: OnCall): boolean {
  return onCall === "answer" || onCall === "voicemail";
}

/// What the form says, as the simulator wants it; what does not apply to a behaviour is left out.
export function toBehaviour(form: BehaviourForm): PhoneBehaviour {
  const behaviour: PhoneBehaviour = { on_call: form.onCall };
  if (answersByItself(form.onCall)) behaviour.answer_after_ms = Math.round(form.answerAfterSeconds * 1000);
  const keys = form.pressAfterSpeech.trim();
  if (form.onCall === "answer" && keys)
    behaviour.script = [{ after_speech: true, press: keys } satisfies ScriptStep];
  if (form.lossPercent > 0 || form.jitterMs > 0)
    behaviour.network = { loss: form.lossPercent / 100, jitter_ms: form.jitterMs };
  return behaviour;
}

export function fromPhone(phone: Phone): BehaviourForm {
  const step = phone.script?.find((entry) => "after_speech" in entry);
  return {
    number: phone.number,
    onCall: phone.on_call ?? "answer",
    answerAfterSeconds: (phone.answer_after_ms ?? 1000) / 1000,
    pressAfterSpeech: step && "press" in step ? step.press : "",
    lossPercent: Math.round((phone.network?.loss ?? 0) * 1000) / 10,
    jitterMs: phone.network?.jitter_ms ?? 0,
  };
}

/// One line under a phone's number; a server that does not tell the behaviour leaves it empty.
export function describe(phone: Phone): string {
  if (!phone.on_call) return "";
  const name = behaviours.find(({ id }) => id === phone.on_call)?.name ?? phone.on_call;
  const waits = answersByItself(phone.on_call) && phone.answer_after_ms !== undefined;
  const parts = [waits ? `${name} after ${(phone.answer_after_ms ?? 0) / 1000} s` : name];
  const loss = phone.network?.loss ?? 0;
  const jitter = phone.network?.jitter_ms ?? 0;
  if (loss > 0) parts.push(`${Math.round(loss * 1000) / 10} % loss`);
  if (jitter > 0) parts.push(`${jitter} ms jitter`);
  return parts.join(" · ");
}
