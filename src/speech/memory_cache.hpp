#pragma once
#include <list>
#include <map>
#include <string>

#include "media/frame.hpp"

namespace belfry::speech {

/// Clips by key, at most so many bytes; the least recently used go first. One thread.
class MemoryCache {
 public:
  explicit MemoryCache(std::size_t limit_bytes) : limit_(limit_bytes) {}
  /// Nothing when it is not there.
  media::PcmClipPtr find(const std::string& key);
  /// A clip above the limit is not kept.
  void insert(const std::string& key, media::PcmClipPtr clip);
  std::size_t bytes() const { return bytes_; }

 private:
  using Entry = std::pair<std::string, media::PcmClipPtr>;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace belfry::speech
