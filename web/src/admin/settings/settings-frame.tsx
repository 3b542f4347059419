import type { ReactNode } from "react";
import { PageFrame, PageTabs } from "../../shared/components/layout";
import { links, type SettingsPart } from "../../shared/router";

const parts: readonly { part: SettingsPart; name: string }[] = [
  { part: "numbers", name: "Numbers" },
  { part: "applications", name: "Applications" },
  { part: "trunks", name: "Trunks" },
  { part: "keys", name: "API keys" },
];

interface SettingsFrameProps {
  part: SettingsPart;
  about: ReactNode;
  action: ReactNode;
  children: ReactNode;
}

/// A page of *Settings* under the row of all of them.
export function SettingsFrame({ part, about, action, children }: SettingsFrameProps) {
  return (
    <PageFrame title={parts.find((each) => each.part === part)?.name ?? ""} about={about} actions={action}>
      <PageTabs
        label="Settings"
        tabs={parts.map((each) => ({
          name: each.name,
          link: links.settingsPart(each.part),
          current: each.part === part,
        }))}
      />
      {children}
    </PageFrame>
  );
}
