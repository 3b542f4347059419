import { AppWindow, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shared/components/button";
import { Empty, Problem } from "../../shared/components/layout";
import { useLoad } from "../../shared/hooks";
import { useBelfry } from "../../shared/store";
import { AnswersBy } from "./answers-by";
import { AnsweringSheet } from "./answering-form";
import { emptyAnswering, toAnswering, toForm } from "./answering";
import { Confirm } from "../../shared/components/confirm";
import { settings, type Application } from "./settings-api";
import { SettingList, SettingRow } from "./setting-list";
import { SettingsFrame } from "./settings-frame";

/// What answers calls and messages under one name: changed here, it is changed for each of its numbers.
export function ApplicationsPage() {
  const { connections } = useBelfry();
  const [applications, setApplications] = useState<readonly Application[]>([]);
  const [editing, setEditing] = useState<Application | "new" | null>(null);
  const [removing, setRemoving] = useState<Application | null>(null);
  const { error, loading, reload } = useLoad(
    async () => setApplications((await settings.applications()).items),
    connections,
  );
  const add = (
    <Button tone="primary" onPress={() => setEditing("new")}>
      <Plus aria-hidden size={17} />
      Add application
    </Button>
  );

  return (
    <SettingsFrame
      part="applications"
      about="One answer for many numbers, changed in one place."
      action={add}
    >
      <Problem error={error} retry={reload} />
      {applications.length > 0 && (
        <SettingList label="Applications">
          {applications.map((application) => {
            const name = application.friendly_name ?? application.sid;
            return (
              <SettingRow
                key={application.sid}
                title={
                  <>
                    {name}
                    <span className="font-mono text-xs font-normal break-all text-muted select-all">
                      {application.sid}
                    </span>
                  </>
                }
                about={<AnswersBy value={application} />}
                actions={
                  <>
                    <Button
                      size="small"
                      aria-label={`Change ${name}`}
                      onPress={() => setEditing(application)}
                    >
                      Change
                    </Button>
                    <Button
                      size="small"
                      tone="quiet"
                      aria-label={`Remove ${name}`}
                      onPress={() => setRemoving(application)}
                    >
                      Remove
                    </Button>
                  </>
                }
              />
            );
          })}
        </SettingList>
      )}
      {applications.length === 0 && !loading && !error && (
        <Empty icon={<AppWindow size={22} />} title="No applications yet">
          Numbers can be answered one by one, or by an application that they share.
        </Empty>
      )}
      {editing && (
        <AnsweringSheet
          title={editing === "new" ? "Add application" : "Change application"}
          start={editing === "new" ? emptyAnswering : toForm(editing)}
          save={(form) =>
            editing === "new"
              ? settings.addApplication(toAnswering(form))
              : settings.changeApplication(editing.sid, toAnswering(form))
          }
          saved={reload}
          close={() => setEditing(null)}
        />
      )}
      {removing && (
        <Confirm
          title={`Remove ${removing.friendly_name ?? "the application"}?`}
          act="Remove application"
          request={() => settings.removeApplication(removing.sid)}
          done={reload}
          close={() => setRemoving(null)}
        >
          Its numbers are answered by what they say themselves, or by nobody.
        </Confirm>
      )}
    </SettingsFrame>
  );
}
