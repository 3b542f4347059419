#include "http/headers.hpp"

#include "base/text.hpp"

namespace belfry::http {

using base::equals_ignoring_case;

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (equals_ignoring_case(field, name)) return value;
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_)
    if (equals_ignoring_case(field, name)) values.emplace_back(value);
  return values;
}

bool Headers::lists(std::string_view name, std::string_view token) const {
  for (const std::string_view value : all(name)) {
    for (const std::string_view item : base::split(value, ',')) {
      const auto parts = base::split(item, ';');
      if (!equals_ignoring_case(base::trim(parts[0]), token)) continue;
      return std::none_of(parts.begin() + 1, parts.end(), [](std::string_view parameter) {
        parameter = base::trim(parameter);
        return parameter.starts_with("q=0") &&
               parameter.find_first_not_of("0.", 2) == std::string_view::npos;
      });
    }
  }
  return false;
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) {
    return equals_ignoring_case(field.first, name);
  });
}

}  // namespace belfry::http
