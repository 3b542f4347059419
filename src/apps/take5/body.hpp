#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace belfry::apps::take5 {

/// A JSON object that somebody sent, read member by member. The first thing that is wrong with it
/// is kept; what is read after that does not matter. `null` is as good as absent.
class Body {
 public:
  explicit Body(std::string_view text);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  void require(std::string_view name);

  /// Nothing when it is absent or wrong.
  std::optional<std::string> text(std::string_view name, std::size_t most_characters);
  std::optional<std::int64_t> positive_integer(std::string_view name, std::int64_t most);
  std::optional<bool> truth(std::string_view name);
  /// Ids, or objects with an `id`; each once, in order.
  std::optional<std::vector<std::int64_t>> ids(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t most);

  void complain(std::string message);
  /// Errc::invalid_argument, for people.
  const base::Result<>& verdict() const { return verdict_; }

 private:
  const base::json::value* find(std::string_view name) const;

  base::json::value document_;
  base::Result<> verdict_;
};

/// Characters, not bytes, of UTF-8.
std::size_t count_characters(std::string_view text);

inline constexpr std::int64_t largest_id = 9'007'199'254'740'991;  // what JavaScript counts to

}  // namespace belfry::apps::take5
