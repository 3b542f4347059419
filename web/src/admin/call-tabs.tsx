import { PageTabs } from "../shared/components/layout";
import { links } from "../shared/router";

/// Calls, and what is made of them or beside them.
export function CallTabs({ current }: { current: "calls" | "conferences" | "messages" }) {
  return (
    <PageTabs
      label="Calls"
      tabs={[
        { name: "Calls", link: links.calls, current: current === "calls" },
        { name: "Conferences", link: links.conferences, current: current === "conferences" },
        { name: "Messages", link: links.messages, current: current === "messages" },
      ]}
    />
  );
}
