import { useCallback, useEffect, useRef, useState, type FocusEvent } from "react";
import { ApiError } from "./api-error";

/// The time, renewed every `everyMs`; for durations that tick and "4 min ago".
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export interface ActionState {
  busy: boolean;
  error: ApiError | null;
  /// Runs one request at a time; resolves to whether it went well.
  run: (request: () => Promise<unknown>) => Promise<boolean>;
  /// Takes back the complaint about a field, once somebody types there: at that time and not when the field is left,
  /// as what then vanishes would move the button away from under the pointer that clicks it.
  forgive: (field: string) => void;
}

export function useAction(): ActionState {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = useCallback(async (request: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await request();
      return true;
    } catch (caught) {
      setError(asApiError(caught));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const forgive = useCallback((field: string) => setError((now) => now?.without(field) ?? null), []);
  return { busy, error, run, forgive };
}

/// For what changes under the hand: when `state` changes and the button that had the focus is gone with it, the focus
/// goes to the first of `targets` (CSS selectors) that is there, so that whoever works by keyboard stays.
export function useKeptFocus(state: string, ...targets: readonly string[]) {
  const ref = useRef<HTMLElement>(null);
  const within = useRef(false);
  const selectors = useRef(targets);
  useEffect(() => {
    if (!within.current || document.activeElement !== document.body) return;
    for (const selector of selectors.current) {
      const target = ref.current?.querySelector<HTMLElement>(selector);
      target?.focus({ preventScroll: true });
      if (target) return;
    }
  }, [state]);
  return {
    ref,
    onFocus: () => {
      within.current = true;
    },
    onBlur: (event: FocusEvent) => {
      const next = event.relatedTarget;
      if (next && !event.currentTarget.contains(next)) within.current = false;
    },
  };
}

export interface Loaded {
  loading: boolean;
  error: ApiError | null;
  reload: () => void;
}

/// Loads at once and again whenever `again` changes; of overlapping loads only the last one counts.
export function useLoad(load: () => Promise<void>, again: string | number): Loaded {
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    let current = true;
    latest
      .current()
      .then(() => {
        if (current) setError(null);
      })
      .catch((caught: unknown) => {
        if (current) setError(asApiError(caught));
      })
      .finally(() => {
        if (current) setLoading(false);
      });
    return () => {
      current = false;
    };
  }, [again, attempt]);
  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  return { loading, error, reload };
}

function asApiError(caught: unknown): ApiError {
  return caught instanceof ApiError
    ? caught
    : new ApiError(0, caught instanceof Error ? caught.message : "Something went wrong.");
}
