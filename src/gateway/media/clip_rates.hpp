#pragma once
#include <map>
#include <memory>

#include "media/frame.hpp"

namespace belfry::gateway::media {

/// Clips at the rates of codecs: a prompt that a thousand callers hear is resampled once. Keeps at
/// most 512 results, the oldest go first. Control thread.
class ClipRates {
 public:
  belfry::media::PcmClipPtr at_rate(
      const belfry::media::PcmClipPtr& clip, belfry::media::SampleRate rate
  );

 private:
  using Key = std::pair<const belfry::media::PcmClip*, std::uint32_t>;
  struct Entry {
    std::weak_ptr<const belfry::media::PcmClip> original;  // a new clip may get an old address
    belfry::media::PcmClipPtr resampled;
    std::uint64_t age = 0;
  };
  std::map<Key, Entry> entries_;
  std::map<std::uint64_t, Key> by_age_;
  std::uint64_t last_age_ = 0;
};

}  // namespace belfry::gateway::media
