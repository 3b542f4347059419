#include "media/wav.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>

#include "base/handle.hpp"
#include "media/wav_header.hpp"

namespace belfry::media {
namespace {

using base::Errc;
using base::fail;

constexpr int most_channels = 8;
constexpr int least_rate = 4000, highest_rate = 192000;
// Length alone would let 15 minutes at 192 kHz take 345 MB.
constexpr std::size_t most_samples = samples_in(audio_length_limit, fullband);

/// A file in memory, as libsndfile's virtual I/O wants it.
struct MemoryFile {
  std::span<const std::byte> bytes;
  sf_count_t at = 0;

  static MemoryFile& of(void* user) { return *static_cast<MemoryFile*>(user); }
  static sf_count_t length(void* user) { return std::ssize(of(user).bytes); }
  static sf_count_t tell(void* user) { return of(user).at; }
  static sf_count_t write(const void*, sf_count_t, void*) { return 0; }
  static sf_count_t seek(sf_count_t offset, int whence, void* user) {
    MemoryFile& file = of(user);
    const sf_count_t end = std::ssize(file.bytes);
    const sf_count_t base = whence == SEEK_CUR ? file.at : whence == SEEK_END ? end : 0;
    // Clamped on both sides before the sum: offsets come from the file.
    file.at = base + std::clamp(offset, -base, end - base);
    return file.at;
  }
  static sf_count_t read(void* into, sf_count_t count, void* user) {
    MemoryFile& file = of(user);
    const sf_count_t available = std::clamp<sf_count_t>(count, 0, std::ssize(file.bytes) - file.at);
    if (available > 0)
      std::memcpy(into, file.bytes.data() + file.at, static_cast<std::size_t>(available));
    file.at += available;
    return available;
  }
};

void append_mono(std::span<const Sample> interleaved, int channels, std::vector<Sample>& to) {
  for (; !interleaved.empty();
       interleaved = interleaved.subspan(static_cast<std::size_t>(channels))) {
    int sum = 0;
    for (const Sample sample : interleaved.first(static_cast<std::size_t>(channels))) sum += sample;
    to.push_back(static_cast<Sample>(sum / channels));
  }
}

}  // namespace

base::Result<PcmClip> read_audio(std::span<const std::byte> file) {
  if (file.size() > audio_file_limit) return fail(Errc::too_large, "audio file is over 20 MiB");
  MemoryFile memory{file};
  SF_VIRTUAL_IO io{
      MemoryFile::length, MemoryFile::seek, MemoryFile::read, MemoryFile::write, MemoryFile::tell
  };
  SF_INFO format{};
  const base::Handle<SNDFILE, sf_close> sound{sf_open_virtual(&io, SFM_READ, &format, &memory)};
  if (!sound) return fail(Errc::malformed, "audio file is in no known format");
  if (format.channels < 1 || format.channels > most_channels)
    return fail(Errc::unsupported, "audio file has too many channels");
  if (format.samplerate < least_rate || format.samplerate > highest_rate)
    return fail(Errc::unsupported, "audio file has an unusual sample rate");
  // Floating-point formats scale to -1..1; what is beyond must saturate, not wrap.
  sf_command(sound.get(), SFC_SET_SCALE_FLOAT_INT_READ, nullptr, SF_TRUE);
  sf_command(sound.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);

  PcmClip clip{{static_cast<std::uint32_t>(format.samplerate)}, {}};
  const std::size_t limit = std::min(most_samples, samples_in(audio_length_limit, clip.rate));
  std::array<Sample, 8 * 1024> chunk;
  const auto frames = static_cast<sf_count_t>(chunk.size()) / format.channels;
  while (const sf_count_t count = sf_readf_short(sound.get(), chunk.data(), frames)) {
    if (count < 0) return fail(Errc::malformed, "audio file is damaged");
    append_mono(
        std::span(chunk).first(static_cast<std::size_t>(count * format.channels)), format.channels,
        clip.samples
    );
    if (clip.samples.size() > limit) return fail(Errc::too_large, "audio is over 15 minutes long");
  }
  return clip;
}

base::Result<PcmClip> read_audio_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) return fail(Errc::not_found, "cannot open audio file " + path.filename().string());
  const std::streamoff size = stream.tellg();
  if (size < 0) return fail(Errc::io, "cannot read audio file " + path.filename().string());
  if (static_cast<std::uint64_t>(size) > audio_file_limit)
    return fail(Errc::too_large, "audio file is over 20 MiB");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  stream.seekg(0);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), size))
    return fail(Errc::io, "cannot read audio file " + path.filename().string());
  return read_audio(bytes);
}

std::array<std::byte, wav_header_size> wav_header(
    SampleRate rate, std::uint64_t audio_bytes, std::size_t channels
) {
  const auto sample_bytes = static_cast<std::uint32_t>(2 * channels);
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max() - wav_header_size;
  const auto size = static_cast<std::uint32_t>(std::min(audio_bytes, most));
  std::array<std::byte, wav_header_size> header;
  std::size_t at = 0;
  const auto text = [&](const char* tag) {
    for (; *tag != 0; ++tag) header[at++] = static_cast<std::byte>(*tag);
  };
  const auto number = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) header[at++] = static_cast<std::byte>(value >> (8 * i) & 0xFF);
  };
  text("RIFF");
  number(size + wav_header_size - 8, 4);
  text("WAVEfmt ");
  number(16, 4);                // length of what follows up to "data"
  number(1, 2);                 // PCM
  number(sample_bytes / 2, 2);  // channels
  number(rate.hz, 4);
  number(rate.hz * sample_bytes, 4);  // bytes a second
  number(sample_bytes, 2);            // bytes a sample of all channels
  number(16, 2);                      // bits
  text("data");
  number(size, 4);
  return header;
}

std::vector<std::byte> to_wav(const PcmClip& clip) {
  const auto header = wav_header(clip.rate, clip.samples.size() * 2);
  std::vector<std::byte> file(header.begin(), header.end());
  file.reserve(file.size() + clip.samples.size() * 2);
  for (const Sample sample : clip.samples) {
    file.push_back(static_cast<std::byte>(sample & 0xFF));
    file.push_back(static_cast<std::byte>(sample >> 8 & 0xFF));
  }
  return file;
}

}  // namespace belfry::media
