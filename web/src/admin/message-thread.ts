import type { TextMessage } from "../shared/types";

/// Oldest first; those of one moment stay in their order.
export function sortMessages(messages: readonly TextMessage[]): TextMessage[] {
  return [...messages].sort((a, b) => a.at.localeCompare(b.at));
}

/// Who the phone last wrote to or heard from; empty when there is nobody. Messages are oldest first.
export function otherParty(number: string, messages: readonly TextMessage[]): string {
  const last = messages.at(-1);
  if (!last) return "";
  return last.from === number ? last.to : last.from;
}
