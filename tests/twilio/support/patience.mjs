/// A server that is short of processor time refuses new calls for some seconds (503 with Retry-After, trust
/// rule O3), as on a machine that compiles at the same time: asks again until it takes the call.
export async function patiently(attempt, limitMs = 60_000) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error.status !== 503 || performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
