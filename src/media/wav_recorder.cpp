#include "media/wav_recorder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "media/wav_header.hpp"

namespace belfry::media {
namespace {

using base::Errc;

constexpr std::uint64_t sync_seconds = 5;

base::Error io_error(const char* what, int error) {
  return {Errc::io, std::string("recording: ") + what + ": " + std::strerror(error), error};
}

std::filesystem::path part_of(std::filesystem::path path) {
  return path += ".part";
}

/// All of it at `offset`, or an errno. @param done says how much was written.
int write_fully(
    int descriptor, std::span<const std::byte> bytes, std::uint64_t offset, std::size_t& done
) {
  done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::pwrite(
        descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done)
    );
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return ENOSPC;
    done += static_cast<std::size_t>(count);
  }
  return 0;
}

int write_header(int descriptor, std::uint64_t audio_bytes, std::size_t channels) {
  std::size_t done = 0;
  return write_fully(descriptor, wav_header(recording_rate, audio_bytes, channels), 0, done);
}

/// What the header says, when it is one.
std::optional<std::size_t> channels_of(int descriptor) {
  std::array<std::byte, wav_header_size> header{};
  if (::pread(descriptor, header.data(), header.size(), 0) != std::ssize(header))
    return std::nullopt;
  const std::size_t channels = static_cast<std::size_t>(header[22]);
  if (header[0] != std::byte{'R'} || header[23] != std::byte{0} || channels < 1 || channels > 2)
    return std::nullopt;
  return channels;
}

/// A rename survives a power cut only when the folder is synced too.
int rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return errno;
  const std::filesystem::path folder = to.has_parent_path() ? to.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return error;
}

/// Header, length and name of a recording whose audio is in the file; a broken sample is cut off.
/// @param from its present name
base::Result<base::Duration> complete(
    int descriptor, std::uint64_t audio_bytes, std::size_t channels,
    const std::filesystem::path& from, const std::filesystem::path& path
) {
  audio_bytes -= audio_bytes % (2 * channels);
  if (::ftruncate(descriptor, static_cast<off_t>(wav_header_size + audio_bytes)) != 0)
    return std::unexpected(io_error("truncate", errno));
  if (const int error = write_header(descriptor, audio_bytes, channels); error != 0)
    return std::unexpected(io_error("header", error));
  if (::fsync(descriptor) != 0) return std::unexpected(io_error("fsync", errno));
  if (const int error = rename_durably(from, path); error != 0)
    return std::unexpected(io_error("rename", error));
  return duration_of(audio_bytes / (2 * channels), recording_rate);
}

/// Audio of `from` behind the header of `to`. @return an errno
int copy_audio(int from, std::uint64_t begin, std::uint64_t end, int to) {
  std::vector<std::byte> piece(64 * 1024);
  for (std::uint64_t at = begin; at < end;) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), end - at);
    const ssize_t got =
        ::pread(from, piece.data(), wanted, static_cast<off_t>(wav_header_size + at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0 ? errno : EIO;
    std::size_t done = 0;
    const auto bytes = std::span(piece).first(static_cast<std::size_t>(got));
    if (const int error = write_fully(to, bytes, wav_header_size + at - begin, done); error != 0)
      return error;
    at += static_cast<std::uint64_t>(got);
  }
  return 0;
}

}  // namespace

base::Result<WavRecorder> WavRecorder::create(
    const std::filesystem::path& path, std::size_t channels
) {
  const int descriptor =
      ::open(part_of(path).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);  // rule D1
  if (descriptor < 0) return std::unexpected(io_error("create", errno));
  WavRecorder recorder(descriptor, path, channels);
  if (const int error = write_header(descriptor, 0, channels); error != 0)
    return std::unexpected(io_error("create", error));
  return recorder;
}

WavRecorder::WavRecorder(int descriptor, std::filesystem::path path, std::size_t channels)
    : descriptor_(descriptor), path_(std::move(path)), channels_(channels) {
  pending_.reserve(second_bytes());
}

WavRecorder::WavRecorder(WavRecorder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      channels_(other.channels_),
      pending_(std::move(other.pending_)),
      written_(other.written_),
      synced_(other.synced_),
      failure_(std::move(other.failure_)) {}

WavRecorder& WavRecorder::operator=(WavRecorder&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(channels_, other.channels_);
  std::swap(pending_, other.pending_);
  std::swap(written_, other.written_);
  std::swap(synced_, other.synced_);
  std::swap(failure_, other.failure_);
  return *this;
}

WavRecorder::~WavRecorder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Duration WavRecorder::duration() const {
  return duration_of((written_ + pending_.size()) / sample_bytes(), recording_rate);
}

base::Result<> WavRecorder::fail_with(const char* what, int error) {
  failure_ = io_error(what, error);
  pending_.clear();
  return std::unexpected(*failure_);
}

base::Result<> WavRecorder::write(ConstSamples samples) {
  if (failure_) return std::unexpected(*failure_);
  const std::size_t flush_bytes = second_bytes() / 2;
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), (flush_bytes - pending_.size()) / 2);
    for (const Sample sample : samples.first(count)) {
      pending_.push_back(static_cast<std::byte>(sample & 0xFF));
      pending_.push_back(static_cast<std::byte>(sample >> 8 & 0xFF));
    }
    samples = samples.subspan(count);
    if (pending_.size() < flush_bytes) continue;
    BELFRY_CHECK(flush());
    if (written_ - synced_ >= sync_seconds * second_bytes()) BELFRY_CHECK(sync());
  }
  return {};
}

/// Audio before header: a crash in between leaves a header that says too little, never too much.
base::Result<> WavRecorder::flush() {
  std::size_t done = 0;
  int error = write_fully(descriptor_, pending_, wav_header_size + written_, done);
  written_ += done;
  if (error != 0) return fail_with("write", error);
  pending_.clear();
  error = write_header(descriptor_, written_, channels_);
  return error == 0 ? base::Result<>{} : fail_with("header", error);
}

base::Result<> WavRecorder::sync() {
  if (::fdatasync(descriptor_) != 0) return fail_with("fsync", errno);
  synced_ = written_;
  return {};
}

base::Result<base::Duration> WavRecorder::finish() {
  if (descriptor_ < 0) return base::fail(Errc::conflict, "recording is finished");
  // What a full disk took of the last second is worth keeping: the length returned tells. A broken
  // disk shows again in the fsync below.
  if (!failure_) static_cast<void>(flush());
  auto length = complete(descriptor_, written_, channels_, part_of(path_), path_);
  ::close(std::exchange(descriptor_, -1));
  return length;
}

base::Result<base::Duration> WavRecorder::finish_part(base::Duration from, base::Duration to) {
  if (descriptor_ < 0) return base::fail(Errc::conflict, "recording is finished");
  if (!failure_) static_cast<void>(flush());
  const std::uint64_t end =
      std::min<std::uint64_t>(samples_in(to, recording_rate) * sample_bytes(), written_);
  const std::uint64_t begin =
      std::min<std::uint64_t>(samples_in(from, recording_rate) * sample_bytes(), end);
  if (failure_ || (begin == 0 && end == written_)) return finish();
  std::filesystem::path copy = path_;
  copy += ".trim";
  const int descriptor = ::open(copy.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return finish();
  base::Result<base::Duration> length = base::fail(Errc::io, "recording: copy");
  if (copy_audio(descriptor_, begin, end, descriptor) == 0)
    length = complete(descriptor, end - begin, channels_, copy, path_);
  ::close(descriptor);
  if (!length) {  // no room for two of it: better whole than lost
    ::unlink(copy.c_str());
    return finish();
  }
  discard();
  return length;
}

void WavRecorder::discard() {
  if (descriptor_ < 0) return;
  ::unlink(part_of(path_).c_str());
  ::close(std::exchange(descriptor_, -1));
}

base::Result<std::optional<base::Duration>> repair_part(
    const std::filesystem::path& part, std::size_t channels
) {
  if (part.extension() != ".part")
    return base::fail(Errc::invalid_argument, "not a .part file: " + part.filename().string());
  const int descriptor = ::open(part.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return std::unexpected(io_error("repair", errno));
  struct stat status{};
  base::Result<std::optional<base::Duration>> result = std::nullopt;
  if (::fstat(descriptor, &status) != 0) {
    result = std::unexpected(io_error("repair", errno));
  } else if (static_cast<std::uint64_t>(status.st_size) < wav_header_size + 2) {
    if (::unlink(part.c_str()) != 0) result = std::unexpected(io_error("remove", errno));
  } else {
    std::filesystem::path path = part;
    channels = channels_of(descriptor).value_or(channels);
    // The whole header is written again: after a power cut its bytes may be zeros.
    auto length = complete(
        descriptor, static_cast<std::uint64_t>(status.st_size) - wav_header_size, channels, part,
        path.replace_extension()
    );
    if (length) {
      result = *length;
    } else {
      result = std::unexpected(std::move(length).error());
    }
  }
  ::close(descriptor);
  return result;
}

}  // namespace belfry::media
