#include "base/time.hpp"

#include <ctime>

namespace belfry::base {
namespace {

using namespace std::chrono;

std::tm civil(WallTime time) {
  const std::time_t seconds = floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

std::string formatted(WallTime time, const char* pattern) {
  const std::tm parts = civil(time);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), pattern, &parts);
  return {text.data(), length};
}

}  // namespace

Instant SystemClock::now() const {
  return Instant{steady_clock::now().time_since_epoch()};
}
WallTime SystemClock::wall_now() const {
  return floor<microseconds>(system_clock::now());
}

WallTime VirtualClock::wall_now() const {
  constexpr sys_days epoch = 2026y / January / 1;
  return WallTime{epoch} + floor<microseconds>(elapsed()) + wall_offset_;
}

void VirtualClock::advance_to(Instant to) {
  now_ = std::max(now_, to);
}

std::string to_rfc3339(WallTime time) {
  const auto in_second = floor<milliseconds>(time - floor<seconds>(time)).count();
  std::string digits = std::to_string(1000 + in_second);
  return formatted(time, "%Y-%m-%dT%H:%M:%S.") + digits.substr(1) + "Z";
}

std::string to_rfc3339_seconds(WallTime time) {
  return formatted(time, "%Y-%m-%dT%H:%M:%SZ");
}
std::string to_rfc2822(WallTime time) {
  return formatted(time, "%a, %d %b %Y %H:%M:%S +0000");
}

}  // namespace belfry::base
