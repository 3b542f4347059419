import { Card } from "../shared/components/layout";
import { formatNumber } from "../shared/format";
import { useNow } from "../shared/hooks";
import { Face } from "./faces";
import { formatTime, ianaZone, zoneWords } from "./moments";
import { e164, fullName, type User } from "./people";

/// Who is called, and how late it is where they are.
export function MemberList({ members }: { members: readonly User[] }) {
  const now = new Date(useNow(15_000)).toISOString();
  return (
    <Card title="Members">
      {members.length === 0 && (
        <p className="text-sm text-muted">Nobody is in this group yet. Edit it to choose its members.</p>
      )}
      <ul aria-label="Members" className="grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-2">
        {members.map((user) => (
          <li key={user.id} className="flex min-w-0 items-center gap-3 text-sm">
            <Face user={user} />
            <span className="flex min-w-0 flex-col">
              <span className="truncate font-medium">{fullName(user)}</span>
              <span className="text-[0.8125rem] text-muted tabular-nums">{formatNumber(e164(user))}</span>
              <span className="text-[0.8125rem] text-muted tabular-nums">
                {formatTime(now, ianaZone(user.timezone))} in {zoneWords(user.timezone)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
