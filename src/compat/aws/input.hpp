#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"

namespace belfry::compat::aws {

/// An operation's members, whatever protocol brought them: the query protocol knows only texts, so
/// a number or truth may come as one. A member of another type counts as absent.
class Input {
 public:
  explicit Input(const base::json::object& members) : members_(members) {}

  bool has(std::string_view name) const { return base::json::find(members_, name) != nullptr; }
  /// Empty when absent.
  std::string text(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  /// Epoch seconds, ISO 8601.
  std::optional<base::WallTime> time(std::string_view name) const;
  base::json::object object(std::string_view name) const;
  std::vector<base::json::object> objects(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<double> numbers(std::string_view name) const;

 private:
  const base::json::array* list(std::string_view name) const;

  const base::json::object& members_;
};

std::optional<base::WallTime> parse_iso_time(std::string_view text);

}  // namespace belfry::compat::aws
