import { KeyRound, Plus } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "../../shared/components/button";
import { CopyBlock } from "../../shared/components/copy-block";
import { Field } from "../../shared/components/fields";
import { Empty, Problem } from "../../shared/components/layout";
import { Sheet } from "../../shared/components/sheet";
import { formatAgo } from "../../shared/format";
import { useAction, useLoad, useNow } from "../../shared/hooks";
import { useBelfry } from "../../shared/store";
import { Confirm } from "../../shared/components/confirm";
import { settings, type ApiKey } from "./settings-api";
import { SettingList, SettingRow } from "./setting-list";
import { SettingsFrame } from "./settings-frame";

/// User and password for programs that use the Twilio API.
export function KeysPage() {
  const { connections } = useBelfry();
  const now = useNow(10_000);
  const [keys, setKeys] = useState<readonly ApiKey[]>([]);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const { error, loading, reload } = useLoad(async () => setKeys((await settings.keys()).items), connections);
  const make = (
    <Button tone="primary" onPress={() => setMaking(true)}>
      <Plus aria-hidden size={17} />
      Make key
    </Button>
  );

  return (
    <SettingsFrame part="keys" about="User and password for programs: one key for each." action={make}>
      <Problem error={error} retry={reload} />
      {keys.length > 0 && (
        <SettingList label="API keys">
          {keys.map((key) => (
            <SettingRow
              key={key.sid}
              title={
                <>
                  {key.friendly_name || "Without a name"}
                  {key.of_installation && (
                    <span className="rounded-md bg-sunken px-1.5 py-0.5 text-xs font-normal text-muted">
                      of this installation
                    </span>
                  )}
                </>
              }
              about={
                <>
                  <span className="font-mono text-xs break-all select-all">{key.sid}</span>
                  <span className="block">made {formatAgo(key.created_at, now)}</span>
                </>
              }
              actions={
                !key.of_installation && (
                  <Button
                    size="small"
                    tone="quiet"
                    aria-label={`Revoke ${key.friendly_name}`}
                    onPress={() => setRevoking(key)}
                  >
                    Revoke
                  </Button>
                )
              }
            />
          ))}
        </SettingList>
      )}
      {keys.length === 0 && !loading && !error && (
        <Empty icon={<KeyRound size={22} />} title="No keys yet">
          Make one for each program, so that each can be revoked by itself.
        </Empty>
      )}
      {making && <MakeKey made={reload} close={() => setMaking(false)} />}
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.friendly_name}?`}
          act="Revoke key"
          request={() => settings.revokeKey(revoking.sid)}
          done={reload}
          close={() => setRevoking(null)}
        >
          Programs that use it are refused from now on.
        </Confirm>
      )}
    </SettingsFrame>
  );
}

function MakeKey({ made, close }: { made: () => void; close: () => void }) {
  const [name, setName] = useState("");
  const [key, setKey] = useState<(ApiKey & { secret: string }) | null>(null);
  const making = useAction();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void making.run(async () => {
      setKey(await settings.makeKey(name.trim()));
      made();
    });
  };
  const fields = making.error?.fields ?? {};

  if (key)
    return (
      <Sheet title={key.friendly_name} close={close}>
        <p className="mb-4 text-sm font-medium">
          Copy the secret now: Belfry keeps it sealed and shows it this once.
        </p>
        <div className="flex flex-col gap-3 text-sm">
          <span className="text-muted">User</span>
          <CopyBlock label="User" text={key.sid} />
          <span className="text-muted">Secret</span>
          <CopyBlock label="Secret" text={key.secret} />
        </div>
        <div className="mt-6 flex justify-end">
          <Button tone="primary" slot="close">
            Done
          </Button>
        </div>
      </Sheet>
    );
  return (
    <Sheet title="Make key" close={close}>
      <Form validationErrors={fields} onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Name"
          name="friendly_name"
          autoComplete="off"
          hint="For instance the program that will use it."
          value={name}
          onChange={(typed) => {
            making.forgive("friendly_name");
            setName(typed);
          }}
        />
        {Object.keys(fields).length === 0 && <Problem error={making.error} />}
        <div className="mt-2 flex justify-end gap-3">
          <Button slot="close">Cancel</Button>
          <Button type="submit" tone="primary" isPending={making.busy}>
            Make key
          </Button>
        </div>
      </Form>
    </Sheet>
  );
}
