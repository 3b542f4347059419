import { Card } from "../shared/components/layout";
import type { GroupCall } from "../shared/types";
import { attendanceOf } from "./call-words";
import { fullName, type User } from "./people";

/// How often each member was there.
export function RollCall({ calls, members }: { calls: readonly GroupCall[]; members: readonly User[] }) {
  const rows = attendanceOf(calls, members).filter((row) => row.calls > 0);
  if (rows.length === 0) return null;
  return (
    <Card title="Attendance">
      <ul aria-label="Attendance" className="flex flex-col gap-3.5 text-sm">
        {rows.map(({ user, present, calls: all }) => (
          <li key={user.id} className="flex flex-col gap-1.5">
            <span className="flex items-baseline justify-between gap-3">
              <span className="truncate font-medium">{fullName(user)}</span>
              <span className="shrink-0 text-muted tabular-nums">
                {present} of {all}
              </span>
            </span>
            <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-line">
              <span
                className="block h-full rounded-full bg-good"
                style={{ width: `${(100 * present) / all}%` }}
              />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
