import { PageTabs } from "../shared/components/layout";
import { links } from "../shared/router";

type Tab = "calls" | "conferences" | "messages" | "campaigns" | "analytics";

/// Calls, and what is made of them or beside them.
export function CallTabs({ current }: { current: Tab }) {
  return (
    <PageTabs
      label="Calls"
      tabs={[
        { name: "Calls", link: links.calls, current: current === "calls" },
        { name: "Conferences", link: links.conferences, current: current === "conferences" },
        { name: "Messages", link: links.messages, current: current === "messages" },
        { name: "Campaigns", link: links.campaigns, current: current === "campaigns" },
        { name: "Analytics", link: links.analytics, current: current === "analytics" },
      ]}
    />
  );
}
