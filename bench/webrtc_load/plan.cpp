#include "webrtc_load/plan.hpp"

#include <optional>

#include "base/text.hpp"

namespace belfry::bench {
namespace {

std::optional<Role> role_of(std::string_view word) {
  if (word == "idle") return Role::idle;
  if (word == "answer") return Role::answer;
  if (word == "call") return Role::call;
  return std::nullopt;
}

std::optional<media::Codec> codec_of(std::string_view word) {
  if (word == "opus") return media::Codec::opus;
  if (word == "pcmu") return media::Codec::pcmu;
  return std::nullopt;
}

}  // namespace

base::Result<std::vector<Page>> parse_plan(std::string_view text) {
  std::vector<Page> pages;
  std::size_t number = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    ++number;
    if (base::trim(line).empty()) continue;
    const auto words = base::split(base::trim(line), ' ');
    const auto role = role_of(words[0]);
    const auto codec = words.size() == 3 ? codec_of(words[1]) : std::nullopt;
    if (!role || !codec || words[2].empty())
      return base::fail(base::Errc::malformed, "the plan's line " + std::to_string(number));
    pages.push_back({*role, *codec, std::string(words[2])});
  }
  return pages;
}

}  // namespace belfry::bench
