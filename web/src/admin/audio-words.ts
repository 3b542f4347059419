import type { MediaStatistics } from "../shared/types";

const titles: Readonly<Record<string, string>> = {
  "never-connected": "Never connected",
  "wrong-fingerprint": "Wrong certificate",
  "connection-lost": "Connection lost",
  "srtp-failed": "Encryption does not fit",
  "codec-not-agreed": "Another codec",
  "wrong-address": "From another address",
  "no-packets": "Nothing arrives",
  "packets-stopped": "Audio stopped",
  "not-heard": "One-way audio",
  "heavy-loss": "Heavy loss",
  muted: "Muted",
  silent: "Silence",
};

/// A few words for a fault of the audio; `none` has none.
export function faultTitle(fault: string): string {
  return titles[fault] ?? fault;
}

const sounds: Readonly<Record<MediaStatistics["sound"], string>> = {
  unknown: "Not known",
  "digital-silence": "Digital silence",
  faint: "Below -50 dBov",
  heard: "Heard",
};

const reports: Readonly<Record<MediaStatistics["party_reports"], string>> = {
  none: "None",
  "hears-us": "It hears us",
  "misses-us": "It gets nothing",
};

/// What was measured, for a list of facts; refused packets only where there were any.
export function figuresOf(media: MediaStatistics): [name: string, figure: string][] {
  const refused: [string, number, string][] = [
    ["From another address", media.from_strangers, media.stranger ?? ""],
    ["Failed SRTP", media.not_authentic, ""],
    ["Came twice", media.replayed, ""],
    ["Of another codec", media.not_agreed, `type ${media.payload_type_not_agreed ?? "?"}`],
  ];
  return [
    ["Codec", media.codec],
    ["Packets in", media.packets_in.toLocaleString()],
    ["Packets out", media.packets_out.toLocaleString()],
    ["Lost", media.lost.toLocaleString()],
    ["Lost there", `${Math.round(media.loss_there * 100)} %`],
    ["Jitter", `${media.jitter_ms.toFixed(1)} ms`],
    ["Sound", sounds[media.sound]],
    ["Its reports", reports[media.party_reports]],
    ...refused
      .filter(([, count]) => count > 0)
      .map(([name, count, more]): [string, string] => [
        name,
        [count.toLocaleString(), more].filter(Boolean).join(" · "),
      ]),
    ...(media.handshake === "none" ? [] : [["Handshake", media.handshake] as [string, string]]),
    ...(media.held_by_us || media.held_by_party ? [["On hold", holder(media)] as [string, string]] : []),
  ];
}

function holder({ held_by_us, held_by_party }: MediaStatistics): string {
  if (held_by_us && held_by_party) return "By both";
  return held_by_us ? "By us" : "By the party";
}
