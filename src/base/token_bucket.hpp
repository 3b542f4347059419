#pragma once
#include <algorithm>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace belfry::base {

/// Rate limits per key (client address, number): each key may do `count` things per `period`, in a
/// burst or spread. Remembers 4,096 keys, the least recently seen go first (rule R11). One thread.
class KeyedBuckets {
 public:
  KeyedBuckets(std::uint32_t count, Duration period) : count_(count), period_(period) {}

  /// Takes one. @return nothing when it was there, else how long until there is one.
  std::optional<Duration> take(const std::string& key, Instant now) {
    Bucket& bucket = touch(key, now);
    const double refill =
        static_cast<double>((now - bucket.at).count()) / static_cast<double>(period_.count());
    bucket.left = std::min<double>(count_, bucket.left + refill * count_);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return std::nullopt;
    }
    return Duration(static_cast<Duration::rep>(
        (1 - bucket.left) / count_ * static_cast<double>(period_.count())
    ));
  }

 private:
  struct Bucket {
    double left;
    Instant at;
    std::list<std::string>::iterator use;
  };
  static constexpr std::size_t max_keys = 4096;

  Bucket& touch(const std::string& key, Instant now) {
    if (const auto found = buckets_.find(key); found != buckets_.end()) {
      uses_.splice(uses_.begin(), uses_, found->second.use);
      return found->second;
    }
    if (buckets_.size() >= max_keys) {
      buckets_.erase(uses_.back());
      uses_.pop_back();
    }
    uses_.push_front(key);
    return buckets_.emplace(key, Bucket{static_cast<double>(count_), now, uses_.begin()})
        .first->second;
  }

  std::uint32_t count_;
  Duration period_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::list<std::string> uses_;  // most recent first
};

}  // namespace belfry::base
