#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// Recordings are 16-bit PCM at this rate, one or two channels.
inline constexpr SampleRate recording_rate = narrowband;

/// Writes a recording so that a killed process loses less than a second of it, a power cut at most
/// 5 s (rule R8): into `<path>.part` with a valid header, sizes brought up to date every half
/// second of audio, fsync every 5 s and at the end, then renamed. Does file I/O: for a file thread.
/// One thread. A destructor without `finish` leaves the `.part` for `repair_part`.
///
/// Every error is Errc::io with errno in `detail` (ENOSPC: disk full; EIO after an fsync: rule R2
/// asks to end the process). After one, `write` refuses with the same error, and `finish` may still
/// save what reached the disk.
class WavRecorder {
 public:
  /// @param path the final name; its folder exists. An older `.part` of that name is overwritten.
  [[nodiscard]] static base::Result<WavRecorder> create(
      const std::filesystem::path& path, std::size_t channels = 1
  );
  WavRecorder(WavRecorder&& other) noexcept;
  WavRecorder& operator=(WavRecorder&& other) noexcept;
  ~WavRecorder();

  /// Two channels interleaved: left, right.
  [[nodiscard]] base::Result<> write(ConstSamples samples);
  /// @return the length of what is in the file under its final name.
  [[nodiscard]] base::Result<base::Duration> finish();
  /// The same, of a part of it: the rest is cut off. Copies; a crash meanwhile leaves all of it.
  [[nodiscard]] base::Result<base::Duration> finish_part(base::Duration from, base::Duration to);
  /// Takes the file away.
  void discard();
  /// Audio accepted so far.
  base::Duration duration() const;

 private:
  WavRecorder(int descriptor, std::filesystem::path path, std::size_t channels);
  std::size_t sample_bytes() const { return 2 * channels_; }
  std::size_t second_bytes() const { return recording_rate.hz * sample_bytes(); }
  base::Result<> flush();
  base::Result<> sync();
  base::Result<> fail_with(const char* what, int error);

  int descriptor_;
  std::filesystem::path path_;
  std::size_t channels_;
  std::vector<std::byte> pending_;      // less than half a second of audio
  std::uint64_t written_ = 0;           // audio bytes in the file
  std::uint64_t synced_ = 0;            // of them, known to be on the disk
  std::optional<base::Error> failure_;  // the first one
};

/// After a crash: gives a `.part` its true sizes (from the file's length), syncs and renames it.
/// @param part ends in `.part`. @param channels when its header is lost (power cut).
/// @return its duration, or nothing when there was no audio in it; the file is then removed.
[[nodiscard]] base::Result<std::optional<base::Duration>> repair_part(
    const std::filesystem::path& part, std::size_t channels = 1
);

}  // namespace belfry::media
