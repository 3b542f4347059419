/// Users and groups of Take5 as its API has them (docs/take5.md).

export interface User {
  id: number;
  givenName: string;
  familyName: string;
  /// Ten digits.
  phoneNumber: string;
  timezone: string;
}

export interface UserWithGroups extends User {
  groups: readonly { id: number; name: string }[];
}

export type Cadence = "daily" | "weekly" | "monthly";

export interface Group {
  id: number;
  name: string;
  users: readonly User[];
  cadence: Cadence;
  frequency: number;
  /// Minutes.
  duration: number;
  enabled: boolean;
  smsReminder: boolean;
  nextCallTime: string | null;
}

export type UserTerms = Omit<User, "id">;
export type GroupTerms = Omit<Group, "id" | "users" | "nextCallTime"> & { users: readonly number[] };

/// The most calls that a cadence has room for: one a day.
export const mostCalls: Readonly<Record<Cadence, number>> = { daily: 1, weekly: 7, monthly: 30 };

export function fullName({ givenName, familyName }: User): string {
  return `${givenName} ${familyName}`;
}

export function initials({ givenName, familyName }: User): string {
  return [givenName, familyName].map((name) => String.fromCodePoint(name.codePointAt(0) ?? 63)).join("");
}

/// The number as calls have it.
export function e164(user: User): string {
  return `+1${user.phoneNumber}`;
}

/// What a person types ("+1 (555) 123-4567") as the ten digits that a user has; what cannot be that stays as it is.
export function tenDigits(typed: string): string {
  const digits = typed.trim().replace(/[\s().-]/g, "");
  return /^\+?1(\d{10})$/.exec(digits)?.[1] ?? digits;
}

/// "Every day", "Twice a week", "5 times a month".
export function cadenceWords({ cadence, frequency }: Pick<Group, "cadence" | "frequency">): string {
  if (cadence === "daily") return "Every day";
  const often = frequency === 1 ? "Once" : frequency === 2 ? "Twice" : `${frequency} times`;
  return `${often} a ${cadence === "weekly" ? "week" : "month"}`;
}
