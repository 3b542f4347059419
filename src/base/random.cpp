#include "base/random.hpp"

#include <sys/random.h>

#include <bit>
#include <cstdlib>

namespace belfry::base {

void Random::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const std::uint64_t word = next();
    const std::size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(bytes.data(), &word, count);
    bytes = bytes.subspan(count);
  }
}

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  const std::uint64_t fair = bound * (~std::uint64_t{0} / bound);
  std::uint64_t word = next();
  while (word >= fair) word = next();
  return word % bound;
}

std::uint64_t SecureRandom::next() {
  if (left_ == 0) {
    // At most 256 bytes are always given whole, uninterrupted (getrandom(2)); 512 may come short.
    const auto half = std::as_writable_bytes(std::span(buffer_));
    for (auto part : {half.first(256), half.subspan(256)}) {
      if (getrandom(part.data(), part.size(), 0) != static_cast<ssize_t>(part.size())) std::abort();
    }
    left_ = buffer_.size();
  }
  return std::exchange(buffer_[--left_], 0);
}

SeededRandom::SeededRandom(std::uint64_t seed) : state_{} {
  for (std::uint64_t& word : state_) {  // splitmix64, as xoshiro's authors advise
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t SeededRandom::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

}  // namespace belfry::base
