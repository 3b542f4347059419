#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace belfry::http {

/// `application/x-www-form-urlencoded`: a body or a query string. Order and repeated names are
/// kept. Pure; any thread.
class Form {
 public:
  static constexpr std::size_t max_fields = 500;  // rule H3

  Form() = default;
  /// `+` is a space. Errc::malformed for broken escapes, NUL or bytes that are not UTF-8;
  /// Errc::too_large beyond 500 fields.
  [[nodiscard]] static base::Result<Form> parse(std::string_view text);

  /// The first of that name. Names compare with case.
  std::optional<std::string_view> get(std::string_view name) const;
  /// The first of that name, or `otherwise`.
  std::string value_or(std::string_view name, std::string_view otherwise) const;
  std::vector<std::string> all(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }

  void add(std::string name, std::string value);
  std::string serialize() const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace belfry::http
