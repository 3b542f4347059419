import { CirclePause, CirclePlay, CircleX, Download } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shared/components/button";
import { Confirm } from "../../shared/components/confirm";
import { Card, Fact, PageFrame, Problem } from "../../shared/components/layout";
import { useAction, useLoad, useNow } from "../../shared/hooks";
import { useBelfry } from "../../shared/store";
import { CallTabs } from "../call-tabs";
import { CampaignPill, renewEveryMs } from "./campaigns-page";
import { actsOf, outcomeWord, paceWords, percentDone, retryWords } from "./campaign-terms";
import { campaigns, type Campaign, type Progress } from "./campaigns-api";
import { Results } from "./results";

type CampaignNow = Campaign & { progress: Progress };

export function CampaignPage({ id }: { id: string }) {
  const { connections } = useBelfry();
  const now = useNow(renewEveryMs);
  const [campaign, setCampaign] = useState<CampaignNow | null>(null);
  const { error, reload } = useLoad(
    async () => setCampaign(await campaigns.one(id)),
    `${connections} ${now}`,
  );
  return (
    <PageFrame
      title={campaign ? campaign.name || "No name" : "Campaign"}
      actions={campaign && <Controls campaign={campaign} reload={reload} />}
    >
      <CallTabs current="campaigns" />
      <Problem error={error} retry={reload} />
      {campaign && (
        <>
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)] lg:items-start">
            <HowFar campaign={campaign} />
            <Terms campaign={campaign} />
          </div>
          <Results
            id={id}
            numbers={campaign.numbers}
            version={`${campaign.state} ${campaign.progress.done} ${campaign.progress.calling}`}
            download={
              <a
                href={campaigns.resultsLink(id)}
                download
                className="inline-flex h-8 items-center gap-1.5 rounded-lg px-3 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink"
              >
                <Download aria-hidden size={15} />
                Download CSV
              </a>
            }
          />
        </>
      )}
    </PageFrame>
  );
}

function Controls({ campaign, reload }: { campaign: CampaignNow; reload: () => void }) {
  const acting = useAction();
  const [cancelling, setCancelling] = useState(false);
  const acts = actsOf(campaign.state);
  const run = async (request: () => Promise<unknown>) => {
    await acting.run(request);
    reload();
  };
  return (
    <div className="flex flex-col gap-3 max-sm:w-full">
      <div className="flex gap-2 max-sm:*:flex-1">
        {acts.includes("start") && (
          <Button
            tone="primary"
            isPending={acting.busy}
            isDisabled={campaign.numbers === 0}
            onPress={() => void run(() => campaigns.start(campaign.id))}
          >
            <CirclePlay aria-hidden size={17} />
            {campaign.state === "paused" ? "Go on" : "Start"}
          </Button>
        )}
        {acts.includes("pause") && (
          <Button isPending={acting.busy} onPress={() => void run(() => campaigns.pause(campaign.id))}>
            <CirclePause aria-hidden size={17} />
            Pause
          </Button>
        )}
        {acts.includes("cancel") && (
          <Button tone="quiet" onPress={() => setCancelling(true)}>
            <CircleX aria-hidden size={17} />
            Cancel campaign
          </Button>
        )}
      </div>
      <Problem error={acting.error} />
      {cancelling && (
        <Confirm
          title="Cancel this campaign?"
          act="Call nobody more"
          request={() => campaigns.cancel(campaign.id)}
          done={reload}
          close={() => setCancelling(false)}
        >
          Numbers that wait are not called any more. Calls that are made go on.
        </Confirm>
      )}
    </div>
  );
}

function HowFar({ campaign: { state, progress } }: { campaign: CampaignNow }) {
  const percent = percentDone(progress);
  return (
    <Card title="Progress" aside={<CampaignPill state={state} />}>
      <div
        role="progressbar"
        aria-label="Numbers that are done"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-2.5 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      <p className="mt-3 text-sm text-muted tabular-nums">
        {progress.done} of {progress.numbers} done · {progress.calling} in a call · {progress.waiting} waiting
      </p>
      {progress.done > 0 && (
        <dl className="mt-4 flex flex-col gap-2 border-t border-line pt-4 text-sm">
          {Object.entries(progress.results)
            .sort(([, one], [, other]) => other - one)
            .map(([outcome, many]) => (
              <Fact key={outcome} name={outcomeWord(outcome)}>
                {many}
              </Fact>
            ))}
        </dl>
      )}
    </Card>
  );
}

function Terms({ campaign }: { campaign: CampaignNow }) {
  const { say, twiml, url, calling_hours: hours } = campaign;
  return (
    <Card title="What is called">
      <p className="mb-4 max-h-48 overflow-y-auto rounded-xl bg-sunken px-3.5 py-3 text-sm wrap-anywhere whitespace-pre-wrap">
        {say ?? twiml ?? url}
      </p>
      <dl className="flex flex-col gap-2 text-sm">
        <Fact name="Pace">{paceWords(campaign)}</Fact>
        <Fact name="Tries">{retryWords(campaign)}</Fact>
        <Fact name="Hours">{hours ? `${hours.from} to ${hours.until}` : "as usual"}</Fact>
      </dl>
    </Card>
  );
}
