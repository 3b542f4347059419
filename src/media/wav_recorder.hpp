#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// Recordings are 16-bit mono at this rate.
inline constexpr SampleRate recording_rate = narrowband;

/// Writes a recording so that a crash costs at most 5 s of it (rule R8): into `<path>.part` with a
/// valid header, sizes brought up to date every second of audio, fsync every 5 s and at the end,
/// then renamed. Does file I/O: for a file thread. One thread. A destructor without `finish` leaves
/// the `.part` for `repair_part`.
///
/// Every error is Errc::io with errno in `detail` (ENOSPC: disk full; EIO after an fsync: rule R2
/// asks to end the process). After one, `write` refuses with the same error, and `finish` may still
/// save what reached the disk.
class WavRecorder {
 public:
  /// @param path the final name; its folder exists. An older `.part` of that name is overwritten.
  [[nodiscard]] static base::Result<WavRecorder> create(const std::filesystem::path& path);
  WavRecorder(WavRecorder&& other) noexcept;
  WavRecorder& operator=(WavRecorder&& other) noexcept;
  ~WavRecorder();

  [[nodiscard]] base::Result<> write(ConstSamples samples);
  /// @return the length of what is in the file under its final name.
  [[nodiscard]] base::Result<base::Duration> finish();
  /// Audio accepted so far.
  base::Duration duration() const;

 private:
  WavRecorder(int descriptor, std::filesystem::path path);
  base::Result<> flush();
  base::Result<> sync();
  base::Result<> fail_with(const char* what, int error);

  int descriptor_;
  std::filesystem::path path_;
  std::vector<std::byte> pending_;      // less than a second of audio
  std::uint64_t written_ = 0;           // audio bytes in the file
  std::uint64_t synced_ = 0;            // of them, known to be on the disk
  std::optional<base::Error> failure_;  // the first one
};

/// After a crash: gives a `.part` its true sizes (from the file's length), syncs and renames it.
/// @param part ends in `.part`. @return its duration, or nothing when there was no audio in it; the
/// file is then removed.
[[nodiscard]] base::Result<std::optional<base::Duration>> repair_part(
    const std::filesystem::path& part
);

}  // namespace belfry::media
