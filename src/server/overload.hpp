#pragma once
#include <array>
#include <cstdint>
#include <functional>

#include "base/loop.hpp"

namespace belfry::server {

/// Says when new calls must be refused because the live ones would suffer (rule O3): the control
/// loop is late, media ticks are late, writes wait too long, or memory runs out. Looks every 50 ms;
/// any sign holds until 3 s after it was seen last. Control thread.
class Overload {
 public:
  struct Limits {
    base::Duration lag = std::chrono::milliseconds(50);  // p95 over one second
    double late_ticks = 0.01;                            // share of a second's media ticks
    base::Duration store_age = std::chrono::milliseconds(200);
    double memory = 0.8;  // share of the limit
    base::Duration hold = std::chrono::seconds(3);
  };
  struct MediaTicks {
    std::uint64_t all = 0, late = 0;  // since the start
  };
  struct Memory {
    std::uint64_t used = 0, limit = 0;  // bytes; limit 0: none known
  };
  /// What is looked at; each may be missing.
  struct Sources {
    std::function<MediaTicks()> media;
    std::function<base::Duration()> store_age;
    std::function<Memory()> memory;
  };

  Overload(base::Loop& loop, Sources sources) : Overload(loop, std::move(sources), Limits()) {}
  Overload(base::Loop& loop, Sources sources, Limits limits);
  Overload(const Overload&) = delete;
  Overload& operator=(const Overload&) = delete;
  ~Overload();

  bool refuses_calls() const;
  /// The sign that was seen last; empty when there was none.
  const char* why() const { return why_; }

 private:
  static constexpr std::size_t samples_a_second = 20;

  void look(base::Instant due);
  void take_lag(base::Duration lag);
  bool loop_is_late() const;
  void look_at_media();
  void see(const char* sign);

  base::Loop& loop_;
  Sources sources_;
  Limits limits_;
  std::array<base::Duration, samples_a_second> lags_{};
  std::size_t next_lag_ = 0;
  std::uint64_t looks_ = 0;
  MediaTicks last_ticks_;
  base::Instant until_{};
  bool seen_ = false;
  const char* why_ = "";
  base::TimerId timer_ = 0;
};

/// This process's resident memory, and what it may use: its control group's limit, else the
/// machine's memory. Reads /proc; zeros where that is missing.
Overload::Memory process_memory();

}  // namespace belfry::server
