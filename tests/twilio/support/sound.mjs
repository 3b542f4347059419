/// WAV files (PCM 16 bit, mu-law) and the tones in them.

/// @return { rate, channels: [Float64Array of -1..1], seconds }
export function readWav(bytes) {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE") throw new Error("no WAV file");
  let format;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const begin = at + 8;
    if (id === "fmt ")
      format = { code: bytes.readUInt16LE(begin), channels: bytes.readUInt16LE(begin + 2), rate: bytes.readUInt32LE(begin + 4) };
    if (id === "data") return decode(format, bytes.subarray(begin, Math.min(begin + size, bytes.length)));
    at = begin + size + (size % 2);
  }
  throw new Error("a WAV file without data");
}

function decode(format, data) {
  const width = format.code === 7 ? 1 : 2;
  const count = Math.floor(data.length / width / format.channels);
  const channels = Array.from({ length: format.channels }, () => new Float64Array(count));
  for (let i = 0; i < count; ++i)
    for (let channel = 0; channel < format.channels; ++channel) {
      const at = (i * format.channels + channel) * width;
      channels[channel][i] = format.code === 7 ? muLaw(data[at]) : data.readInt16LE(at) / 32768;
    }
  return { rate: format.rate, channels, seconds: count / format.rate };
}

/// ITU-T G.711
export function muLaw(byte) {
  const inverted = ~byte & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
  return (inverted & 0x80 ? -magnitude : magnitude) / 32768;
}

/// The amplitude (0 to 1) of `hz` in the samples: Goertzel's algorithm.
export function amplitude(samples, rate, hz) {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let before = 0;
  let beforeThat = 0;
  for (const sample of samples) [beforeThat, before] = [before, sample + coefficient * before - beforeThat];
  const power = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  return (2 * Math.sqrt(Math.max(power, 0))) / samples.length;
}

/// Those of `candidates` (Hz) that sound for at least `ms` in all, each loud against everything else in its
/// windows of 40 ms.
export function tonesIn(samples, rate, candidates, { ms = 200, least = 0.02 } = {}) {
  const length = Math.round(rate * 0.04);
  const heard = new Map(candidates.map((hz) => [hz, 0]));
  for (let at = 0; at + length <= samples.length; at += length) {
    const window = samples.subarray(at, at + length);
    const energy = window.reduce((sum, sample) => sum + sample * sample, 0) / length;
    for (const hz of candidates) {
      const level = amplitude(window, rate, hz);
      // A sine of amplitude a has energy a²/2.
      if (level > least && (level * level) / 2 > energy * 0.15) heard.set(hz, heard.get(hz) + 40);
    }
  }
  return candidates.filter((hz) => heard.get(hz) >= ms);
}

/// What is typical of measurements of some tones over a time, whatever a stall of the machine did to a few of them:
/// the quartiles [lower, median, upper] for each tone. @param rows of one measurement for each tone
export function quartiles(rows) {
  const tones = rows[0].map((_, tone) => rows.map((row) => row[tone]).sort((a, b) => a - b));
  return tones.map((sorted) => [0.25, 0.5, 0.75].map((part) => sorted[Math.floor(part * (sorted.length - 1))]));
}

/// The level (dB) of each tone (Hz) in each tenth of a second.
export function toneLevels(samples, rate, tones) {
  const length = Math.round(rate / 10);
  const rows = [];
  for (let at = 0; at + length <= samples.length; at += length) {
    const piece = samples.subarray(at, at + length);
    rows.push(tones.map((hz) => 20 * Math.log10(amplitude(piece, rate, hz) + 1e-6)));
  }
  return rows;
}

/// The level (dB) of everything but these tones in each tenth of a second. They are multiples of 10 Hz.
export function otherLevels(samples, rate, tones) {
  const length = Math.round(rate / 10);
  return toneLevels(samples, rate, tones).map((levels, index) => {
    const piece = samples.subarray(index * length, (index + 1) * length);
    const ofTones = levels.reduce((sum, level) => sum + 10 ** (level / 10) / 2, 0);
    return 10 * Math.log10(Math.max(10 ** (levelDb(piece) / 10) - ofTones, 1e-9));
  });
}

/// Root mean square of a span, in dB below full scale; -Infinity for none.
export function levelDb(samples) {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(samples.length, 1);
  return 10 * Math.log10(energy);
}

/// A WAV file of one sine, for phones to play and for `<Play>`.
export function sineWav(hz, seconds, { rate = 8000, amplitude: loudness = 0.5 } = {}) {
  const count = Math.round(rate * seconds);
  const bytes = Buffer.alloc(44 + count * 2);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + count * 2, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; ++i) bytes.writeInt16LE(Math.round(32767 * loudness * Math.sin((2 * Math.PI * hz * i) / rate)), 44 + i * 2);
  return bytes;
}
