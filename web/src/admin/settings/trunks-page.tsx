import { Cable, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shared/components/button";
import { Empty, Problem } from "../../shared/components/layout";
import { Pill } from "../../shared/components/pill";
import { Sheet } from "../../shared/components/sheet";
import { useLoad, useNow } from "../../shared/hooks";
import { useBelfry } from "../../shared/store";
import { Confirm } from "../../shared/components/confirm";
import { settings, type Trunk } from "./settings-api";
import { FromFile, SettingList, SettingRow } from "./setting-list";
import { SettingsFrame } from "./settings-frame";
import { describeTrunk, trunkTone } from "./trunk-terms";
import { TrunkTest } from "./trunk-test";
import { TrunkWizard } from "./trunk-wizard";

const refreshMs = 3000;

/// Carriers: how each is, and the way to a new one.
export function TrunksPage() {
  const { connections } = useBelfry();
  const tick = useNow(refreshMs);
  const [trunks, setTrunks] = useState<readonly Trunk[]>([]);
  const [adding, setAdding] = useState(false);
  const [testing, setTesting] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const { error, loading, reload } = useLoad(
    async () => setTrunks((await settings.trunks()).items),
    `${connections} ${tick}`,
  );
  const add = (
    <Button tone="primary" onPress={() => setAdding(true)}>
      <Plus aria-hidden size={17} />
      Add trunk
    </Button>
  );

  return (
    <SettingsFrame part="trunks" about="The carriers that connect you to the telephone network." action={add}>
      <Problem error={error} retry={reload} />
      {trunks.length > 0 && (
        <SettingList label="Trunks">
          {trunks.map((trunk) => (
            <SettingRow
              key={trunk.name}
              title={
                <>
                  {trunk.name}
                  <Pill tone={trunkTone(trunk.state)}>{stateWords(trunk.state)}</Pill>
                  {trunk.from_file && <FromFile />}
                </>
              }
              about={describeTrunk(trunk)}
              mark={<Load trunk={trunk} />}
              actions={
                <>
                  <Button
                    size="small"
                    aria-label={`Test ${trunk.name}`}
                    onPress={() => setTesting(trunk.name)}
                  >
                    Test
                  </Button>
                  {!trunk.from_file && (
                    <Button
                      size="small"
                      tone="quiet"
                      aria-label={`Remove ${trunk.name}`}
                      onPress={() => setRemoving(trunk.name)}
                    >
                      Remove
                    </Button>
                  )}
                </>
              }
            />
          ))}
        </SettingList>
      )}
      {trunks.length === 0 && !loading && !error && (
        <Empty icon={<Cable size={22} />} title="No trunks yet">
          Calls stay inside the simulator until a carrier takes them out.
        </Empty>
      )}
      {adding && <TrunkWizard changed={reload} close={() => setAdding(false)} />}
      {testing !== null && (
        <Sheet title={`Test ${testing}`} close={() => setTesting(null)}>
          <TrunkTest name={testing} />
        </Sheet>
      )}
      {removing !== null && (
        <Confirm
          title={`Remove ${removing}?`}
          act="Remove trunk"
          request={() => settings.removeTrunk(removing)}
          done={reload}
          close={() => setRemoving(null)}
        >
          No new calls go out by it. Live ones go on.
        </Confirm>
      )}
    </SettingsFrame>
  );
}

function Load({ trunk }: { trunk: Trunk }) {
  return (
    <span className="text-[0.8125rem] text-muted tabular-nums">
      {trunk.channels_in_use} of {trunk.max_channels} in use
      {trunk.calls_waiting > 0 && `, ${trunk.calls_waiting} waiting`}
    </span>
  );
}

function stateWords(state: string): string {
  return state.charAt(0).toUpperCase() + state.slice(1);
}
