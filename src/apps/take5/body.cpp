#include "apps/take5/body.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::apps::take5 {

using base::json::value;

namespace {

std::optional<std::int64_t> integer_in(const value& found) {
  if (found.is_int64()) return found.get_int64();
  if (found.is_uint64() && found.get_uint64() <= static_cast<std::uint64_t>(largest_id))
    return static_cast<std::int64_t>(found.get_uint64());
  return std::nullopt;
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f;
  });
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
  }));
}

Body::Body(std::string_view text) {
  auto document = base::json::parse(text);
  if (!document) {
    complain("Invalid JSON: " + document.error().message);
  } else if (!document->is_object()) {
    complain("The body must be a JSON object");
  } else {
    document_ = std::move(*document);
  }
}

void Body::complain(std::string message) {
  if (verdict_) verdict_ = base::fail(base::Errc::invalid_argument, std::move(message));
}

const value* Body::find(std::string_view name) const {
  const value* member = base::json::find(document_, name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

void Body::require(std::string_view name) {
  if (!has(name)) complain(std::string(name) + " is required");
}

std::optional<std::string> Body::text(std::string_view name, std::size_t most_characters) {
  const value* member = find(name);
  if (member == nullptr) return std::nullopt;
  const auto* found = member->if_string();
  if (found == nullptr) {
    complain(std::string(name) + " must be a string");
    return std::nullopt;
  }
  std::string text(found->c_str(), found->size());
  const std::size_t length = count_characters(text);
  if (base::trim(text).empty() || length > most_characters)
    complain(
        std::string(name) + " must have 1 to " + std::to_string(most_characters) + " characters"
    );
  if (has_controls(text)) complain(std::string(name) + " must not have control characters");
  return text;
}

std::optional<std::int64_t> Body::positive_integer(std::string_view name, std::int64_t most) {
  const value* member = find(name);
  if (member == nullptr) return std::nullopt;
  const auto number = integer_in(*member);
  if (number && *number >= 1 && *number <= most) return number;
  if (most == largest_id) {
    complain(std::string(name) + " must be a positive integer");
  } else {
    complain(std::string(name) + " must be an integer from 1 to " + std::to_string(most));
  }
  return std::nullopt;
}

std::optional<bool> Body::truth(std::string_view name) {
  const value* member = find(name);
  if (member == nullptr) return std::nullopt;
  if (member->is_bool()) return member->get_bool();
  complain(std::string(name) + " must be true or false");
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> Body::ids(std::string_view name) {
  const value* member = find(name);
  if (member == nullptr) return std::nullopt;
  const auto wrong = [&] {
    complain(std::string(name) + " must be an array of ids");
    return std::nullopt;
  };
  if (!member->is_array()) return wrong();
  std::vector<std::int64_t> ids;
  for (const value& each : member->get_array()) {
    const value* id = each.is_object() ? base::json::find(each, "id") : &each;
    const auto number = id == nullptr ? std::nullopt : integer_in(*id);
    if (!number || *number < 1) return wrong();
    if (std::ranges::find(ids, *number) == ids.end()) ids.push_back(*number);
  }
  return ids;
}

std::optional<std::vector<std::string>> Body::texts(std::string_view name, std::size_t most) {
  const value* member = find(name);
  if (member == nullptr) return std::nullopt;
  const auto wrong = [&] {
    complain(std::string(name) + " must be an array of 1 to " + std::to_string(most) + " strings");
    return std::nullopt;
  };
  const auto* array = member->if_array();
  if (array == nullptr || array->empty() || array->size() > most) return wrong();
  std::vector<std::string> texts;
  for (const value& each : *array) {
    if (!each.is_string()) return wrong();
    texts.emplace_back(each.get_string().c_str(), each.get_string().size());
  }
  return texts;
}

}  // namespace belfry::apps::take5
