import { useEffect, useSyncExternalStore } from "react";
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
