import { useSyncExternalStore } from "react";

/// Pages live behind the `#`, so that the server needs to know one path only and a page can be bookmarked.
export type Route =
  | { page: "start" }
  | { page: "phones" }
  | { page: "calls" }
  | { page: "call"; sid: string }
  | { page: "conferences" }
  | { page: "conference"; sid: string }
  | { page: "messages" }
  | { page: "groups" }
  | { page: "people" }
  | { page: "group"; id: number }
  | { page: "analytics" }
  | { page: "campaigns" }
  | { page: "campaign"; id: string }
  | { page: "kin" }
  | { page: "notifications" }
  | { page: "settings"; part: SettingsPart };

export const settingsParts = ["numbers", "applications", "trunks", "keys"] as const;
export type SettingsPart = (typeof settingsParts)[number];

export function parseRoute(hash: string): Route {
  const [page = "", argument] = hash.replace(/^#\/?/, "").split("/");
  switch (page) {
    case "phones":
      return { page: "phones" };
    case "calls":
      return argument ? { page: "call", sid: decode(argument) } : { page: "calls" };
    case "conferences":
      return argument ? { page: "conference", sid: decode(argument) } : { page: "conferences" };
    case "messages":
      return { page: "messages" };
    case "analytics":
      return { page: "analytics" };
    case "campaigns":
      return argument ? { page: "campaign", id: decode(argument) } : { page: "campaigns" };
    case "settings":
      return { page: "settings", part: settingsParts.find((part) => part === argument) ?? "numbers" };
    case "groups":
      return groupsRoute(argument);
    case "kin":
      return { page: "kin" };
    case "notifications":
      return { page: "notifications" };
    default:
      return { page: "start" };
  }
}

function groupsRoute(argument: string | undefined): Route {
  if (argument === "people") return { page: "people" };
  const id = Number(argument);
  return Number.isSafeInteger(id) && id > 0 ? { page: "group", id } : { page: "groups" };
}

export const links = {
  start: "#/",
  phones: "#/phones",
  calls: "#/calls",
  call: (sid: string) => `#/calls/${encodeURIComponent(sid)}`,
  conferences: "#/conferences",
  conference: (sid: string) => `#/conferences/${encodeURIComponent(sid)}`,
  messages: "#/messages",
  groups: "#/groups",
  group: (id: number) => `#/groups/${id}`,
  people: "#/groups/people",
  analytics: "#/analytics",
  campaigns: "#/campaigns",
  campaign: (id: string) => `#/campaigns/${encodeURIComponent(id)}`,
  kin: "#/kin",
  notifications: "#/notifications",
  settings: "#/settings",
  settingsPart: (part: SettingsPart) => `#/settings/${part}`,
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
