#include "call/number_pool.hpp"

#include <array>
#include <cstdio>

namespace belfry::call {
namespace {

/// `count` numbers that begin with `prefix`, the rest in `digits` digits from `first` on.
struct Range {
  std::string_view country;
  std::string_view type;
  std::string_view prefix;
  std::string_view area_code;
  std::string_view region;
  std::string_view locality;
  int first;
  int count;
  int digits;
};

constexpr auto ranges = std::to_array<Range>({
    {"US", "Local", "+1415555", "415", "CA", "San Francisco", 100, 100, 4},
    {"US", "Local", "+1212555", "212", "NY", "New York", 100, 100, 4},
    {"US", "Local", "+1312555", "312", "IL", "Chicago", 100, 100, 4},
    {"US", "Local", "+1206555", "206", "WA", "Seattle", 100, 100, 4},
    {"US", "Local", "+1503555", "503", "OR", "Portland", 100, 100, 4},
    {"US", "Local", "+1512555", "512", "TX", "Austin", 100, 100, 4},
    {"US", "Local", "+1510555", "510", "CA", "Oakland", 100, 100, 4},
    {"US", "TollFree", "+1800555", "800", "", "", 100, 100, 4},
    {"CA", "Local", "+1416555", "416", "ON", "Toronto", 100, 100, 4},
    {"CA", "Local", "+1604555", "604", "BC", "Vancouver", 100, 100, 4},
    {"GB", "Local", "+442079460", "20", "London", "London", 0, 1000, 3},
    {"GB", "Mobile", "+447700900", "7700", "", "", 0, 1000, 3},
});

bool fits(std::string_view number, std::string_view pattern) {
  if (pattern.empty()) return true;
  for (std::size_t at = 0; at + pattern.size() <= number.size(); ++at) {
    bool same = true;
    for (std::size_t i = 0; i < pattern.size() && same; ++i)
      same = pattern[i] == '*' || pattern[i] == number[at + i];
    if (same) return true;
  }
  return false;
}

std::string number_in(const Range& range, int index) {
  std::array<char, 8> rest{};
  const int length =
      std::snprintf(rest.data(), rest.size(), "%0*d", range.digits, range.first + index);
  return std::string(range.prefix) + std::string(rest.data(), static_cast<std::size_t>(length));
}

}  // namespace

const std::vector<PoolCountry>& pool_countries() {
  static const std::vector<PoolCountry> all = {
      {"US", "United States"}, {"CA", "Canada"}, {"GB", "United Kingdom"}
  };
  return all;
}

std::vector<FreeNumber> available_numbers(
    const NumberDirectory& directory, std::string_view country, std::string_view type,
    const NumberWish& wish, std::size_t limit
) {
  std::vector<FreeNumber> found;
  for (const Range& range : ranges) {
    if (range.country != country || range.type != type) continue;
    if (!wish.area_code.empty() && wish.area_code != range.area_code) continue;
    for (int i = 0; i < range.count && found.size() < limit; ++i) {
      std::string number = number_in(range, i);
      if (directory.number_of(number) != nullptr || !fits(number, wish.contains)) continue;
      found.push_back(
          {std::move(number), std::string(range.region), std::string(range.locality),
           std::string(range.country)}
      );
    }
  }
  return found;
}

}  // namespace belfry::call
