#include "base/time_zone.hpp"

#include <date/tz.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/log.hpp"

namespace belfry::base {
namespace {

using ZonesByCountry = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Lines of country, coordinates, zone and comment, with tabs between (tzdata, `zone.tab`).
ZonesByCountry read_zone_table() {
  ZonesByCountry zones;
  std::ifstream file("/usr/share/zoneinfo/zone.tab");
  if (!file) log::warning("time_zone.no_table", {{"file", "/usr/share/zoneinfo/zone.tab"}});
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream columns(line);
    std::string country;
    std::string coordinates;
    std::string zone;
    if (columns >> country >> coordinates >> zone) zones[country].push_back(zone);
  }
  return zones;
}

const date::time_zone* find_zone(const std::string& zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::runtime_error&) {  // the library's word for an unknown zone or no database
    return nullptr;
  }
}

}  // namespace

bool is_time_zone(const std::string& zone) {
  return find_zone(zone) != nullptr;
}

std::optional<LocalTime> to_local(const std::string& zone, WallTime time) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return std::nullopt;
  return LocalTime(time.time_since_epoch() + found->get_info(time).offset);
}

std::optional<WallTime> to_utc(const std::string& zone, LocalTime time) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return std::nullopt;
  const date::local_time<LocalTime::duration> local(time.time_since_epoch());
  // In a gap, read with the offset from before it, a time lies as far behind the gap's end; of two,
  // it is the first.
  return WallTime(time.time_since_epoch() - found->get_info(local).first.offset);
}

std::optional<std::chrono::minutes> time_of_day(const std::string& zone, WallTime time) {
  const auto local = to_local(zone, time);
  if (!local) return std::nullopt;
  return std::chrono::floor<std::chrono::minutes>(
      *local - std::chrono::floor<std::chrono::days>(*local)
  );
}

const std::vector<std::string>& time_zones_of(std::string_view country) {
  static const ZonesByCountry zones = read_zone_table();
  static const std::vector<std::string> none;
  const auto found = zones.find(country);
  return found == zones.end() ? none : found->second;
}

}  // namespace belfry::base
