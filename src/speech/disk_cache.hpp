#pragma once
#include <filesystem>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "media/frame.hpp"

namespace belfry::speech {

/// Clips in files named by their key, at most so many bytes; the least recently used go first. A
/// file is written aside and renamed, so that it is whole or not there; one that does not match its
/// own checksum is removed and counts as not there. Failures of the disk are misses: nothing here
/// is worth a call. Any thread.
class DiskCache {
 public:
  /// @param directory made when needed; empty: no cache.
  DiskCache(std::filesystem::path directory, std::uint64_t limit_bytes);
  /// @param key hexadecimal, as a hash gives it.
  std::optional<media::PcmClip> find(const std::string& key);
  void insert(const std::string& key, const media::PcmClip& clip);
  std::uint64_t bytes() const;

 private:
  struct File {
    std::string key;
    std::uint64_t size = 0;
  };
  std::filesystem::path path_of(const std::string& key) const {
    return directory_ / (key + ".pcm");
  }
  void scan();
  void remember(const std::string& key, std::uint64_t size);
  void forget(const std::string& key);
  void touch(const std::string& key);

  std::filesystem::path directory_;
  std::uint64_t limit_;
  mutable std::mutex mutex_;
  bool scanned_ = false;
  std::uint64_t bytes_ = 0;
  std::uint64_t next_temporary_ = 0;
  std::list<File> files_;  // most recently used first
  std::map<std::string, std::list<File>::iterator> by_key_;
};

}  // namespace belfry::speech
