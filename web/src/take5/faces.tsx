import { fullName, initials, type User } from "./people";

/// A round mark with somebody's letters; for a number that nobody has, a plus sign.
export function Face({ user, live = false }: { user?: User; live?: boolean }) {
  const look = live ? "bg-accent/14 text-accent ring-2 ring-accent" : "bg-sunken text-muted ring-1 ring-line";
  return (
    <span
      aria-hidden
      title={user && fullName(user)}
      className={`flex size-9 shrink-0 items-center justify-center rounded-full text-xs font-semibold transition-colors ${look}`}
    >
      {user ? initials(user) : "+"}
    </span>
  );
}

const mostShown = 6;

/// The members of a group in one row.
export function Faces({ users }: { users: readonly User[] }) {
  const more = users.length - mostShown;
  return (
    <span aria-hidden className="flex -space-x-1">
      {users.slice(0, mostShown).map((user) => (
        <span key={user.id} className="rounded-full ring-2 ring-surface">
          <Face user={user} />
        </span>
      ))}
      {more > 0 && (
        <span className="flex size-9 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-muted ring-2 ring-surface">
          +{more}
        </span>
      )}
    </span>
  );
}
