import { PageTabs } from "../shared/components/layout";
import { links } from "../shared/router";

export function GroupTabs({ current }: { current: "groups" | "people" }) {
  return (
    <PageTabs
      label="Groups"
      tabs={[
        { name: "Groups", link: links.groups, current: current === "groups" },
        { name: "People", link: links.people, current: current === "people" },
      ]}
    />
  );
}
