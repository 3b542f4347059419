/// What a person types ("+1 (415) 555-1234") as the server wants it ("+14155551234").
export function cleanNumber(typed: string): string {
  return typed.trim().replace(/[\s().-]/g, "");
}

/// What a simulated phone may be called: digits with an optional plus.
export function isDialable(number: string): boolean {
  return /^\+?\d{2,15}$/.test(number);
}

/// The keys of a telephone, as they lie on it.
export const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

export function isKey(key: string): boolean {
  return (keys as readonly string[]).includes(key);
}
