import { useCallback, useEffect, useRef, useState } from "react";
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
