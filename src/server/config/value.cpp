#include "server/config/value.hpp"

#include <charconv>

#include "base/json.hpp"
#include "base/text.hpp"

namespace belfry::server {
namespace {

using base::Errc;
using base::fail;
using base::Result;

Result<std::int64_t> parse_integer(std::string_view text) {
  text = base::trim(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(Errc::malformed, "expected a whole number");
  return number;
}

std::vector<std::string_view> parse_list(std::string_view text) {
  if (base::trim(text).empty()) return {};
  std::vector<std::string_view> items = base::split(text, ',');
  for (std::string_view& item : items) item = base::trim(item);
  return items;
}

/// A TOML basic string is a JSON string.
std::string quote(const std::string& text) {
  return base::json::serialize(base::json::value(text));
}

}  // namespace

Type type_of(const Value& value) {
  return static_cast<Type>(value.index());
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::text:
      return "text";
    case Type::integer:
      return "a whole number";
    case Type::boolean:
      return "true or false";
    case Type::texts:
      return "a list of texts";
    case Type::integers:
      return "a list of whole numbers";
  }
  return "";
}

Result<Value> parse_value(Type type, std::string_view text) {
  switch (type) {
    case Type::text:
      return Value(std::string(text));
    case Type::integer: {
      BELFRY_TRY(number, parse_integer(text));
      return Value(number);
    }
    case Type::boolean: {
      const auto flag = base::parse_bool(base::trim(text));
      if (!flag) return fail(Errc::malformed, "expected true or false");
      return Value(*flag);
    }
    case Type::texts: {
      const auto items = parse_list(text);
      return Value(std::vector<std::string>(items.begin(), items.end()));
    }
    case Type::integers: {
      std::vector<std::int64_t> numbers;
      for (const std::string_view item : parse_list(text)) {
        BELFRY_TRY(number, parse_integer(item));
        numbers.push_back(number);
      }
      return Value(std::move(numbers));
    }
  }
  return fail(Errc::internal, "a type without a parser");
}

std::string to_toml(const Value& value) {
  const auto join = [](const auto& items, auto&& write) {
    std::string text = "[";
    for (const auto& item : items) text.append(text.size() == 1 ? "" : ", ").append(write(item));
    return text + "]";
  };
  switch (type_of(value)) {
    case Type::text:
      return quote(std::get<std::string>(value));
    case Type::integer:
      return std::to_string(std::get<std::int64_t>(value));
    case Type::boolean:
      return std::get<bool>(value) ? "true" : "false";
    case Type::texts:
      return join(std::get<std::vector<std::string>>(value), quote);
    case Type::integers:
      return join(std::get<std::vector<std::int64_t>>(value), [](std::int64_t number) {
        return std::to_string(number);
      });
  }
  return {};
}

Result<PortRange> parse_port_range(std::string_view text) {
  const auto parts = base::split(text, '-');
  if (parts.size() == 2) {
    const auto first = base::parse_unsigned(base::trim(parts[0]));
    const auto last = base::parse_unsigned(base::trim(parts[1]));
    if (first && last && *first >= 1 && *first < *last && *last <= 65'535)
      return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
  }
  return fail(Errc::invalid_argument, "must be a range of ports such as \"20000-20999\"");
}

}  // namespace belfry::server
