#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "server/doctor/check.hpp"

namespace belfry::server::doctor {
namespace {

using namespace std::chrono_literals;

constexpr int first_year = 2026;  // Belfry is not older
constexpr int last_year = 2099;
constexpr auto tolerance = 5s;

/// The time that the file system gives to a file made now; another machine's when it is remote.
std::optional<base::WallTime> time_of_new_file(const std::string& folder) {
  std::string path = folder + "/.belfry-doctor-XXXXXX";
  const int file = ::mkstemp(path.data());
  if (file < 0) return std::nullopt;
  struct stat status{};
  const bool known = ::fstat(file, &status) == 0;
  ::unlink(path.c_str());
  ::close(file);
  if (!known) return std::nullopt;
  const auto seconds = std::chrono::seconds(status.st_mtim.tv_sec);
  const auto micros = std::chrono::microseconds(status.st_mtim.tv_nsec / 1000);
  return base::WallTime(seconds + micros);
}

}  // namespace

Findings check_clock(Machine& machine) {
  const std::string subject = "clock";
  const base::Instant before = machine.clock.now();
  const base::WallTime now = machine.clock.wall_now();
  const std::string shown = base::to_rfc3339_seconds(now);
  const int year = static_cast<int>(
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year()
  );
  if (year < first_year || year > last_year)
    return {{subject, false, "says " + shown + "; set it, e.g. with: timedatectl set-ntp true"}};
  if (machine.clock.now() < before)
    return {{subject, false, "the monotonic clock went back; this machine cannot keep time"}};
  const auto file_time = time_of_new_file(nearest_folder(machine.config));
  if (file_time && std::chrono::abs(*file_time - now) > tolerance)
    return {
        {subject, false,
         "says " + shown + ", but the disk's says " + base::to_rfc3339_seconds(*file_time) +
             "; set both by NTP"}
    };
  return {{subject, true, shown}};
}

}  // namespace belfry::server::doctor
