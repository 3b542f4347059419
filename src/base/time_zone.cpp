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

}  // namespace

std::optional<std::chrono::minutes> time_of_day(const std::string& zone, WallTime time) {
  try {
    const auto local = date::locate_zone(zone)->to_local(time);
    const auto midnight = date::floor<date::days>(local);
    return std::chrono::floor<std::chrono::minutes>(local - midnight);
  } catch (const std::runtime_error&) {  // the library's word for an unknown zone or no database
    return std::nullopt;
  }
}

const std::vector<std::string>& time_zones_of(std::string_view country) {
  static const ZonesByCountry zones = read_zone_table();
  static const std::vector<std::string> none;
  const auto found = zones.find(country);
  return found == zones.end() ? none : found->second;
}

}  // namespace belfry::base
