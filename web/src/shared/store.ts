import { useEffect, useSyncExternalStore } from "react";
import { api } from "./api";
import { listen } from "./live";
import { initialState, reduce, type Action, type State } from "./state";

let state: State = initialState;
const subscribers = new Set<() => void>();

export function dispatch(action: Action): void {
  state = reduce(state, action);
  for (const notify of subscribers) notify();
}

function subscribe(notify: () => void): () => void {
  subscribers.add(notify);
  return () => subscribers.delete(notify);
}

export function useBelfry(): State {
  return useSyncExternalStore(subscribe, () => state);
}

/// To be asked for before a request, and given to the store with its answer.
export function currentRevision(): number {
  return state.revision;
}

export async function readPhones(): Promise<void> {
  const asOf = currentRevision();
  const { items } = await api.phones();
  dispatch({ do: "replace-phones", phones: items, asOf });
}

export async function readPhone(number: string): Promise<void> {
  const asOf = currentRevision();
  dispatch({ do: "learn-phone", phone: await api.phone(number), asOf });
}

/// Keeps the store in step with the server while the application is on screen.
export function useLiveEvents(): void {
  useEffect(
    () =>
      listen({
        connected: () => dispatch({ do: "connect" }),
        disconnected: () => dispatch({ do: "disconnect" }),
        message: (message) => dispatch({ do: "live", message }),
      }),
    [],
  );
}
