import { Hash, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shared/components/button";
import { Empty, Problem } from "../../shared/components/layout";
import { formatNumber } from "../../shared/format";
import { useLoad } from "../../shared/hooks";
import { cleanNumber } from "../../shared/phone-number";
import { useBelfry } from "../../shared/store";
import { AnswersBy } from "./answers-by";
import { AnsweringSheet } from "./answering-form";
import { emptyAnswering, toForm, toNumber } from "./answering";
import { Confirm } from "../../shared/components/confirm";
import { settings, type Application, type PhoneNumber } from "./settings-api";
import { FromFile, SettingList, SettingRow } from "./setting-list";
import { SettingsFrame } from "./settings-frame";

/// The numbers of this server and what answers each: the same that the Twilio API shows.
export function NumbersPage() {
  const { connections } = useBelfry();
  const [numbers, setNumbers] = useState<readonly PhoneNumber[]>([]);
  const [applications, setApplications] = useState<readonly Application[]>([]);
  const [editing, setEditing] = useState<PhoneNumber | "new" | null>(null);
  const [removing, setRemoving] = useState<PhoneNumber | null>(null);
  const { error, loading, reload } = useLoad(async () => {
    const [all, named] = await Promise.all([settings.numbers(), settings.applications()]);
    setNumbers(all.items);
    setApplications(named.items);
  }, connections);
  const add = (
    <Button tone="primary" onPress={() => setEditing("new")}>
      <Plus aria-hidden size={17} />
      Add number
    </Button>
  );

  return (
    <SettingsFrame part="numbers" about="Who calls or writes to one of these reaches you." action={add}>
      <Problem error={error} retry={reload} />
      {numbers.length > 0 && (
        <SettingList label="Numbers">
          {numbers.map((number) => (
            <SettingRow
              key={number.sid}
              title={
                <>
                  <span className="tabular-nums">{formatNumber(number.phone_number)}</span>
                  {number.friendly_name && number.friendly_name !== number.phone_number && (
                    <span className="font-normal text-muted">{number.friendly_name}</span>
                  )}
                  {number.from_file && <FromFile />}
                </>
              }
              about={<AnswersBy value={number} applications={applications} />}
              actions={
                <>
                  <Button
                    size="small"
                    aria-label={`Change ${number.phone_number}`}
                    onPress={() => setEditing(number)}
                  >
                    Change
                  </Button>
                  {!number.from_file && (
                    <Button
                      size="small"
                      tone="quiet"
                      aria-label={`Remove ${number.phone_number}`}
                      onPress={() => setRemoving(number)}
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
      {numbers.length === 0 && !loading && !error && (
        <Empty icon={<Hash size={22} />} title="No numbers yet">
          While the simulator carries the calls, any number can be yours.
        </Empty>
      )}
      {editing && (
        <AnsweringSheet
          title={editing === "new" ? "Add number" : "Change number"}
          start={editing === "new" ? emptyAnswering : toForm(editing)}
          number={{ isNew: editing === "new", applications }}
          save={(form) => {
            const body = toNumber({ ...form, phoneNumber: cleanNumber(form.phoneNumber) });
            return editing === "new" ? settings.addNumber(body) : settings.changeNumber(editing.sid, body);
          }}
          saved={reload}
          close={() => setEditing(null)}
        />
      )}
      {removing && (
        <Confirm
          title={`Remove ${formatNumber(removing.phone_number)}?`}
          act="Remove number"
          request={() => settings.removeNumber(removing.sid)}
          done={reload}
          close={() => setRemoving(null)}
        >
          Calls and messages to it are no longer yours.
        </Confirm>
      )}
    </SettingsFrame>
  );
}
