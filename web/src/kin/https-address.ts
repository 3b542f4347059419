import type { Listener } from "../shared/types";

/// Where the server that shows this page can be reached by HTTPS: its port, under the name that got us here.
/// Null when it does not listen for HTTPS.
export function httpsAddress(listeners: readonly Listener[], hostname: string): string | null {
  const listener = listeners.find(({ kind }) => kind === "https");
  const port = listener && /:(\d+)$/.exec(listener.address)?.[1];
  if (!port) return null;
  return port === "443" ? `https://${hostname}` : `https://${hostname}:${port}`;
}
