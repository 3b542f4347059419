import { useLoad, type Loaded } from "../shared/hooks";
import { selectGroupCalls } from "../shared/state";
import { currentRevision, dispatch, useBelfry } from "../shared/store";
import type { GroupCall } from "../shared/types";
import { hasEnded } from "./call-words";
import { take5 } from "./take5-api";

/// The calls of one group, or the latest of all, kept by live messages.
export function useGroupCalls(group?: number): Loaded & { calls: GroupCall[] } {
  const state = useBelfry();
  const loaded = useLoad(async () => {
    const asOf = currentRevision();
    const { calls } = await (group === undefined ? take5.calls() : take5.attendance(group));
    dispatch({ do: "learn-group-calls", calls, asOf });
  }, state.connections);
  return { ...loaded, calls: selectGroupCalls(state, group) };
}

/// Changes when something of these calls makes the server's other answers old: a call has begun, or is over.
export function versionOf(calls: readonly GroupCall[]): string {
  return `${calls.length} ${calls.filter(hasEnded).length}`;
}
