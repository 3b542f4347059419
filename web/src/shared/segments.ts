/// GSM 03.38: the letters of the default alphabet, and those that take an escape before them.
const defaultAlphabet = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const extensionTable = new Set("\f^{}\\[~]|€");

const limits = {
  "GSM-7": { alone: 160, inParts: 153 },
  "UCS-2": { alone: 70, inParts: 67 },
} as const;

export interface TextSize {
  alphabet: keyof typeof limits;
  characters: number;
  /// What it is sent in, and paid by; none for an empty text.
  segments: number;
  /// Units of the alphabet that the last segment still has.
  room: number;
}

/// What a text message comes to, as the server counts it: one letter outside of GSM-7 makes all of it UCS-2, and
/// neither an escaped letter nor a surrogate pair is cut in two.
export function measureText(text: string): TextSize {
  const letters = Array.from(text);
  const septets = letters.map((letter) =>
    defaultAlphabet.has(letter) ? 1 : extensionTable.has(letter) ? 2 : 0,
  );
  const alphabet = septets.includes(0) ? "UCS-2" : "GSM-7";
  const sizes: readonly number[] = alphabet === "GSM-7" ? septets : letters.map((letter) => letter.length);
  const { alone, inParts } = limits[alphabet];
  const characters = letters.length;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= alone) return { alphabet, characters, segments: total > 0 ? 1 : 0, room: alone - total };
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > inParts) {
      ++segments;
      used = 0;
    }
    used += size;
  }
  return { alphabet, characters, segments, room: inParts - used };
}
