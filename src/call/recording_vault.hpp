#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace belfry::call {

/// The bytes of one recording's file, in any order. For the worker pool: reads a disk.
class RecordingBytes {
 public:
  virtual ~RecordingBytes() = default;
  virtual std::uint64_t size() const = 0;
  /// @return how many were read: less than asked for only at the end.
  virtual base::Result<std::size_t> read(std::uint64_t at, std::span<std::byte> into) = 0;
};

/// A file as it is. @return Errc::not_found
base::Result<std::unique_ptr<RecordingBytes>> open_plain_recording(const std::string& path);

/// All of it into a file of mode 0600; replaces what is there. @return Errc::io
base::Result<> copy_recording(RecordingBytes& bytes, const std::string& to);

/// Keeps finished recordings sealed on the disk, each under a key of its own (rule P4): whoever
/// deletes the key deletes the recording, wherever copies of the file are. `identity` implements
/// it.
class RecordingVault {
 public:
  virtual ~RecordingVault() = default;
  /// A new key, itself sealed: for the recording's row. Control thread.
  virtual std::string make_key() = 0;
  /// Writes the file at `path` sealed to `sealed_path`, durably, and removes it. Pool.
  virtual base::Result<> seal(
      const std::string& path, const std::string& sealed_path, const std::string& key
  ) const = 0;
  /// Pool. @return Errc::not_found, Errc::malformed when it is not whole or the key is another's.
  virtual base::Result<std::unique_ptr<RecordingBytes>> open(
      const std::string& sealed_path, const std::string& key
  ) const = 0;
};

}  // namespace belfry::call
