#include "twiml/element_reader.hpp"

#include "base/text.hpp"

namespace belfry::twiml {
namespace {

// A document of 64 KiB can hold thousands of unknown attributes; nobody reads more than these.
constexpr std::size_t max_warnings = 100;

bool contains(ElementReader::Words words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string quoted_for_people(std::string_view value) {
  return "\"" + std::string(base::truncate_utf8(value, 60)) + "\"";
}

}  // namespace

void Findings::warn(int code, std::string message) {
  if (warnings.size() < max_warnings) warnings.push_back({code, std::move(message)});
}

void Findings::stop(int code, std::string message) {
  if (!error) error = base::Error{base::Errc::malformed, std::move(message), code};
}

const std::string* ElementReader::take(std::string_view name) {
  taken_.push_back(name);
  return element_.attribute(name);
}

void ElementReader::invalid(std::string_view name, int code, Severity severity) {
  const std::string* value = element_.attribute(name);
  std::string message = "<" + element_.name + "> has no valid " + std::string(name);
  if (value != nullptr) message += ": " + quoted_for_people(*value);
  if (severity == Severity::error) return findings_.stop(code, std::move(message));
  findings_.warn(code, std::move(message));
}

std::string ElementReader::text(std::string_view name, std::string fallback) {
  const std::string* value = take(name);
  return value == nullptr ? fallback : std::string(base::trim(*value));
}

std::optional<std::string> ElementReader::optional_text(std::string_view name) {
  const std::string* value = take(name);
  if (value == nullptr) return std::nullopt;
  return std::string(base::trim(*value));
}

bool ElementReader::flag(std::string_view name, bool fallback, int code, Severity severity) {
  const std::string* value = take(name);
  if (value == nullptr) return fallback;
  if (const auto parsed = base::parse_bool(base::trim(*value))) return *parsed;
  invalid(name, code, severity);
  return fallback;
}

std::optional<std::uint32_t> ElementReader::optional_number(
    std::string_view name, std::uint32_t minimum, std::uint32_t maximum, int code
) {
  const std::string* value = take(name);
  if (value == nullptr) return std::nullopt;
  const auto parsed = base::parse_unsigned(base::trim(*value));
  if (parsed && *parsed >= minimum && *parsed <= maximum)
    return static_cast<std::uint32_t>(*parsed);
  invalid(name, code);
  return std::nullopt;
}

std::uint32_t ElementReader::number(
    std::string_view name, std::uint32_t fallback, std::uint32_t minimum, std::uint32_t maximum,
    int code
) {
  return optional_number(name, minimum, maximum, code).value_or(fallback);
}

std::chrono::seconds ElementReader::seconds(
    std::string_view name, std::uint32_t fallback, std::uint32_t minimum, std::uint32_t maximum,
    int code
) {
  return std::chrono::seconds(number(name, fallback, minimum, maximum, code));
}

std::string ElementReader::word(
    std::string_view name, std::string_view fallback, Words allowed, int code, Severity severity
) {
  const std::string* value = take(name);
  if (value == nullptr) return std::string(fallback);
  const std::string_view trimmed = base::trim(*value);
  if (contains(allowed, trimmed)) return std::string(trimmed);
  invalid(name, code, severity);
  return std::string(fallback);
}

std::vector<std::string> ElementReader::words(
    std::string_view name, Words fallback, Words allowed, int code, Severity severity
) {
  const std::vector<std::string> otherwise(fallback.begin(), fallback.end());
  const std::string* value = take(name);
  if (value == nullptr) return otherwise;
  std::vector<std::string> found;
  const std::string collapsed = collapse_space(*value);
  for (const std::string_view word : base::split(collapsed, ' ')) {
    if (!contains(allowed, word)) {
      invalid(name, code, severity);
      return otherwise;
    }
    if (std::find(found.begin(), found.end(), word) == found.end()) found.emplace_back(word);
  }
  return found;
}

std::string ElementReader::method(std::string_view name, int code, std::string_view fallback) {
  const std::string* value = take(name);
  if (value == nullptr) return std::string(fallback);
  for (const std::string_view known : {"GET", "POST"})
    if (base::equals_ignoring_case(base::trim(*value), known)) return std::string(known);
  invalid(name, code);
  return std::string(fallback);
}

void ElementReader::accept(Words names) {
  taken_.insert(taken_.end(), names.begin(), names.end());
}

void ElementReader::report_unknown_attributes() {
  for (const auto& [name, value] : element_.attributes)
    if (std::find(taken_.begin(), taken_.end(), name) == taken_.end())
      findings_.warn(12200, "<" + element_.name + "> has no attribute " + quoted_for_people(name));
}

void ElementReader::report_children() {
  for (const Element& child : element_.children)
    if (!child.is_text())
      findings_.warn(
          12200, "<" + std::string(base::truncate_utf8(child.name, 60)) + "> is not allowed in <" +
                     element_.name + ">"
      );
}

}  // namespace belfry::twiml
