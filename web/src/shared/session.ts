import { useSyncExternalStore } from "react";
import { get, onSignInRequired, post, send, sessionPath } from "./http";

/// Who has signed in. A server that only this machine reaches asks nobody (`required` is false).
export interface Session {
  required: boolean;
  user: string | null;
}

let session: Session | null = null;
const listeners = new Set<() => void>();

function set(next: Session): void {
  session = next;
  for (const told of listeners) told();
}

/// Asks the server once, at the start. One that does not answer is for the pages to tell of.
export async function readSession(): Promise<void> {
  onSignInRequired(() => set({ required: true, user: null }));
  set(await get<Session>(sessionPath).catch(() => ({ required: false, user: null })));
}

/// @throws ApiError when they do not belong together, or after too many attempts.
export async function signIn(user: string, secret: string): Promise<void> {
  set(await post<Session>(sessionPath, { user: user.trim(), secret: secret.trim() }));
}

export async function signOut(): Promise<void> {
  await send("DELETE", sessionPath);
  set({ required: true, user: null });
}

/// null until the server has said.
export function useSession(): Session | null {
  return useSyncExternalStore(
    (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    () => session,
  );
}
