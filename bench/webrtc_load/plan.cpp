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

std::optional<Voice> voice_of(std::string_view word) {
  if (word == "talks") return Voice::talks;
  if (word == "quiet") return Voice::quiet;
  return std::nullopt;
}

std::optional<Page> read_page(const std::vector<std::string_view>& words) {
  if (words.size() != 4 || words[3].empty()) return std::nullopt;
  const auto role = role_of(words[0]);
  const auto codec = codec_of(words[1]);
  const auto voice = voice_of(words[2]);
  if (!role || !codec || !voice) return std::nullopt;
  return Page{*role, *codec, *voice, std::string(words[3])};
}

}  // namespace

base::Result<std::vector<Page>> parse_plan(std::string_view text) {
  std::vector<Page> pages;
  std::size_t number = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    ++number;
    if (base::trim(line).empty()) continue;
    auto page = read_page(base::split(base::trim(line), ' '));
    if (!page)
      return base::fail(base::Errc::malformed, "the plan's line " + std::to_string(number));
    pages.push_back(std::move(*page));
  }
  return pages;
}

}  // namespace belfry::bench
