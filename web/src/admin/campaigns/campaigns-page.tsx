import { Megaphone, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shared/components/button";
import { Empty, PageFrame, Problem } from "../../shared/components/layout";
import { Pill, type Tone } from "../../shared/components/pill";
import { formatAgo } from "../../shared/format";
import { useLoad, useNow } from "../../shared/hooks";
import { go, links } from "../../shared/router";
import { useBelfry } from "../../shared/store";
import { CallTabs } from "../call-tabs";
import { stateWords } from "./campaign-terms";
import { campaigns, type Campaign, type CampaignState } from "./campaigns-api";
import { NewCampaign } from "./new-campaign";

/// Campaigns change by themselves, and are no calls' events.
export const renewEveryMs = 2000;

export function CampaignsPage() {
  const { connections } = useBelfry();
  const now = useNow(renewEveryMs);
  const [items, setItems] = useState<readonly Campaign[]>([]);
  const [making, setMaking] = useState(false);
  const { error, loading, reload } = useLoad(
    async () => setItems((await campaigns.all()).items),
    `${connections} ${now}`,
  );
  const make = (
    <Button tone="primary" onPress={() => setMaking(true)}>
      <Plus aria-hidden size={17} />
      New campaign
    </Button>
  );

  return (
    <PageFrame
      title="Campaigns"
      about="A list of numbers that one program calls, each once, at a pace."
      actions={make}
    >
      <CallTabs current="campaigns" />
      <Problem error={error} retry={reload} />
      {items.length > 0 && (
        <ul
          aria-label="Campaigns"
          className="overflow-hidden rounded-2xl bg-surface text-sm shadow-card ring-1 ring-line"
        >
          {items.map((campaign) => (
            <li
              key={campaign.id}
              className="relative flex flex-wrap items-center gap-x-5 gap-y-1.5 border-line px-5 py-4 transition-colors not-first:border-t hover:bg-sunken/60"
            >
              <a
                href={links.campaign(campaign.id)}
                className="min-w-0 flex-1 basis-40 truncate rounded font-medium after:absolute after:inset-0"
              >
                {campaign.name || "No name"}
              </a>
              <span className="text-muted tabular-nums">
                {campaign.numbers === 1 ? "1 number" : `${campaign.numbers} numbers`}
              </span>
              <span className="text-muted sm:w-24 sm:text-right">{formatAgo(campaign.created, now)}</span>
              <span className="sm:w-24">
                <CampaignPill state={campaign.state} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {items.length === 0 && !loading && !error && (
        <Empty icon={<Megaphone size={22} />} title="No campaigns yet">
          With a new installation every number belongs to a simulated phone, so one can be tried as it is.
        </Empty>
      )}
      {making && <NewCampaign made={(id) => go(links.campaign(id))} close={() => setMaking(false)} />}
    </PageFrame>
  );
}

const tones: Readonly<Record<CampaignState, Tone>> = {
  draft: "waiting",
  running: "live",
  paused: "calm",
  completed: "good",
  cancelled: "bad",
};

export function CampaignPill({ state }: { state: CampaignState }) {
  return <Pill tone={tones[state]}>{stateWords[state]}</Pill>;
}
