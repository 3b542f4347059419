#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "call/number_directory.hpp"

namespace belfry::call {

/// Numbers that can be had without a carrier: of the ranges that numbering plans reserve for
/// fiction (NANP 555-0100 to 0199, Ofcom's drama numbers), so that they are nobody's.
struct FreeNumber {
  std::string number;  // E.164
  std::string region;  // "CA"
  std::string locality;
  std::string country;  // ISO 3166-1
};

struct NumberWish {
  std::string area_code;  // empty: any
  std::string contains;   // digits and `*` for any one; empty: any
};

struct PoolCountry {
  std::string_view code;
  std::string_view name;
};
const std::vector<PoolCountry>& pool_countries();
/// `type`: "Local", "Mobile", "TollFree"; other types have none. At most `limit` that no account
/// has.
std::vector<FreeNumber> available_numbers(
    const NumberDirectory& directory, std::string_view country, std::string_view type,
    const NumberWish& wish, std::size_t limit
);

}  // namespace belfry::call
