export const attempts = 3;
const pauseMs = 1000;

/// Up to three attempts, with 1 s and 2 s between them. `wanted` is asked before each one.
/// @throws what the last attempt threw
export async function withRetries<T>(
  attempt: () => Promise<T>,
  wanted: () => boolean,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<T | null> {
  for (let number = 1; ; ++number) {
    if (!wanted()) return null;
    try {
      return await attempt();
    } catch (error) {
      if (number === attempts) throw error;
      await wait(pauseMs * number);
    }
  }
}
