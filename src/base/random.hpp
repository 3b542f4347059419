#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace belfry::base {

/// Where random numbers come from; a parameter, so that a simulation repeats.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;

  void fill(std::span<std::byte> bytes);
  /// Uniform in [0, bound); 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
};

/// The kernel's generator (getrandom), buffered. For everything that must not be guessed. One
/// thread.
class SecureRandom final : public Random {
 public:
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 64> buffer_{};
  std::size_t left_ = 0;
};

/// xoshiro256**, the same on every machine. For simulation only. One thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace belfry::base
