import { useSyncExternalStore } from "react";

/// Pages live behind the `#`, so that the server needs to know one path only and a page can be bookmarked.
export type Route =
  | { page: "start" }
  | { page: "phones" }
  | { page: "calls" }
  | { page: "call"; sid: string }
  | { page: "notifications" };

export function parseRoute(hash: string): Route {
  const [page = "", argument] = hash.replace(/^#\/?/, "").split("/");
  switch (page) {
    case "phones":
      return { page: "phones" };
    case "calls":
      return argument ? { page: "call", sid: decode(argument) } : { page: "calls" };
    case "notifications":
      return { page: "notifications" };
    default:
      return { page: "start" };
  }
}

export const links = {
  start: "#/",
  phones: "#/phones",
  calls: "#/calls",
  call: (sid: string) => `#/calls/${encodeURIComponent(sid)}`,
  notifications: "#/notifications",
};

export function go(link: string): void {
  location.hash = link;
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}

function subscribe(notify: () => void): () => void {
  addEventListener("hashchange", notify);
  return () => removeEventListener("hashchange", notify);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
