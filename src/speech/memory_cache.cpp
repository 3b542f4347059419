#include "speech/memory_cache.hpp"

namespace belfry::speech {
namespace {

std::size_t bytes_of(const media::PcmClipPtr& clip) {
  return clip->samples.size() * sizeof(media::Sample);
}

}  // namespace

media::PcmClipPtr MemoryCache::find(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void MemoryCache::insert(const std::string& key, media::PcmClipPtr clip) {
  const std::size_t size = bytes_of(clip);
  if (size > limit_ || by_key_.contains(key)) return;
  while (bytes_ + size > limit_) {
    bytes_ -= bytes_of(entries_.back().second);
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
  }
  bytes_ += size;
  entries_.emplace_front(key, std::move(clip));
  by_key_.emplace(key, entries_.begin());
}

}  // namespace belfry::speech
