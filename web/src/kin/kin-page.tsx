import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { Card, PageFrame } from "../shared/components/layout";
import { links } from "../shared/router";
import { CallControls, LevelMeter } from "./call-controls";
import { CallInterface } from "./call-interface";
import { DeviceChoice } from "./device-choice";
import { HttpsNotice } from "./https-notice";
import { isIdentity, storedIdentity, storeIdentity } from "./identity";
import { RecentCalls } from "./recent-calls";
import { useVoiceDevice } from "./use-voice-device";

export function KinPage() {
  return (
    <PageFrame
      title="KIN"
      about="A telephone in the browser: it calls numbers and other browsers, and is called."
    >
      {location.protocol === "https:" ? <Telephone /> : <HttpsNotice hash={links.kin} />}
    </PageFrame>
  );
}

function Telephone() {
  const [identity, setIdentity] = useState(storedIdentity);
  const device = useVoiceDevice({ identity });
  const inCall = device.call !== null;
  const call =
    device.callStatus === "ready" ? (party: string) => void attempt(device.makeCall, party) : undefined;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-6">
        <CallInterface device={device}>
          <CallControls key={device.call?.direction} device={device} />
        </CallInterface>
        <RecentCalls identity={identity} inCall={inCall} call={call} />
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <IdentityCard
          identity={identity}
          inCall={inCall}
          choose={(chosen) => {
            storeIdentity(chosen);
            setIdentity(chosen);
          }}
        />
        <Card title="Sound">
          <div className="flex flex-col gap-4">
            <DeviceChoice device={device} />
            {device.devices.listening && !inCall && (
              <LevelMeter name="Microphone level" feed={device.levels} of="input" />
            )}
          </div>
        </Card>
      </div>
    </div>
  );
}

/// What goes wrong is shown by the phone itself.
async function attempt(makeCall: (party: string) => Promise<void>, party: string): Promise<void> {
  await makeCall(party).catch(() => undefined);
}

interface IdentityCardProps {
  identity: string;
  inCall: boolean;
  choose: (identity: string) => void;
}

function IdentityCard({ identity, inCall, choose }: IdentityCardProps) {
  const [typed, setTyped] = useState(identity);
  const wanted = typed.trim();
  const errors: Record<string, string> = {};
  if (wanted && !isIdentity(wanted)) errors.identity = "Up to 121 letters, digits and signs without a space.";
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isIdentity(wanted)) choose(wanted);
  };
  return (
    <Card title="Who you are">
      <Form validationErrors={errors} onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Name"
          name="identity"
          autoComplete="off"
          spellCheck="false"
          hint={`Others reach this phone at client:${identity} while this page is open.`}
          isDisabled={inCall}
          value={typed}
          onChange={setTyped}
        />
        <Button type="submit" isDisabled={inCall || !isIdentity(wanted) || wanted === identity}>
          Use this name
        </Button>
      </Form>
    </Card>
  );
}
