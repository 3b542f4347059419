import { PhoneCall } from "lucide-react";
import { Button } from "../shared/components/button";
import { Card, Problem } from "../shared/components/layout";
import { useAction } from "../shared/hooks";
import type { GroupCall } from "../shared/types";
import { formatMoment } from "./moments";
import { take5 } from "./take5-api";

/// Calls that were made beforehand and have not begun: they can be started by hand, or given up.
export function PlannedCalls({ calls }: { calls: readonly GroupCall[] }) {
  const planned = calls.filter(({ status }) => status === "created");
  if (planned.length === 0) return null;
  return (
    <Card title="Planned calls">
      <ul aria-label="Planned calls" className="flex flex-col gap-4">
        {planned.map((call) => (
          <Planned key={call.callId} call={call} />
        ))}
      </ul>
    </Card>
  );
}

function Planned({ call }: { call: GroupCall }) {
  const acting = useAction();
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 text-sm">
      <span className="font-medium">{formatMoment(call.scheduledTime)}</span>
      <span className="flex gap-2">
        <Button
          size="small"
          tone="quiet"
          isPending={acting.busy}
          onPress={() => void acting.run(() => take5.end(call.callId))}
        >
          Cancel call
        </Button>
        <Button
          size="small"
          isPending={acting.busy}
          onPress={() => void acting.run(() => take5.start(call.callId))}
        >
          <PhoneCall aria-hidden size={15} />
          Start now
        </Button>
      </span>
      <Problem error={acting.error} />
    </li>
  );
}
