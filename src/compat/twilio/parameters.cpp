#include "compat/twilio/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "net/url.hpp"

namespace belfry::compat::twilio {
namespace {

using namespace std::chrono_literals;

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not a continuation byte of UTF-8
  }));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const char* begin = std::to_address(text.begin());
  const char* end = std::to_address(text.end());
  const auto [stopped, failed] = std::from_chars(begin, end, number);
  if (failed != std::errc() || stopped != end) return std::nullopt;
  return number;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  const auto number = base::parse_unsigned(text.substr(std::min(at, text.size()), count));
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

bool is_web_url(std::string_view text) {
  const auto url = net::Url::parse(text);
  return url && (url->scheme == "http" || url->scheme == "https");
}

std::optional<Moment> parse_moment(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))
  };
  if (!date.ok()) return std::nullopt;
  const base::WallTime midnight{std::chrono::sys_days(date)};
  if (text.size() == 10) return Moment{midnight, true};
  // What is finer than a second is not looked at.
  if (text.size() < 19 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  return Moment{
      midnight + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
      std::chrono::seconds(*second)
  };
}

std::optional<std::string_view> Parameters::find(std::string_view name) const {
  if (const auto value = form_.get(name)) return value;
  return query_.get(name);
}

bool Parameters::has(std::string_view name) const {
  return find(name).has_value();
}

std::optional<std::string> Parameters::given(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  return std::string(*value);
}

std::string Parameters::text(std::string_view name, std::string_view otherwise) const {
  const auto value = find(name);
  return std::string(value && !value->empty() ? *value : otherwise);
}

std::string Parameters::required(std::string_view name, int code) {
  std::string value = text(name);
  if (base::trim(value).empty()) {
    refuse(code, code == 20001 ? "Parameter '" + std::string(name) + "' is missing" : "");
  }
  return value;
}

std::vector<std::pair<std::string, std::string>> Parameters::named_values() {
  constexpr int most = 99;
  constexpr std::size_t most_characters = 500;
  std::vector<std::pair<std::string, std::string>> values;
  for (int i = 1; i <= most; ++i) {
    const std::string prefix = "Parameter" + std::to_string(i);
    std::string name = text(prefix + ".Name");
    std::string value = text(prefix + ".Value");
    if (name.empty()) continue;
    if (count_characters(name) + count_characters(value) > most_characters)
      refuse(20001, prefix + " has more than 500 characters");
    values.emplace_back(std::move(name), std::move(value));
  }
  return values;
}

std::string Parameters::limited(std::string_view name, std::size_t characters, int code) {
  std::string value = text(name);
  if (count_characters(value) <= characters) return value;
  refuse(
      code, code == 20001 ? std::string(name) + " is longer than " + std::to_string(characters) +
                                " characters"
                          : ""
  );
  return {};
}

std::string Parameters::url(std::string_view name, int code) {
  std::string value = text(name);
  if (value.empty() || is_web_url(value)) return value;
  refuse(
      code,
      std::string(name) + " is not a valid URL: " + std::string(base::truncate_utf8(value, 200))
  );
  return {};
}

std::string Parameters::method(std::string_view name, std::string_view otherwise, int code) {
  const std::string value = text(name, otherwise);
  for (const std::string_view method : {"GET", "POST"})
    if (base::equals_ignoring_case(value, method)) return std::string(method);
  refuse(code, std::string(name) + " is not valid: use GET or POST");
  return std::string(otherwise);
}

std::int64_t Parameters::integer(
    std::string_view name, std::int64_t otherwise, std::int64_t least, std::int64_t most, int code
) {
  const std::string value = text(name);
  if (value.empty()) return otherwise;
  const auto number = parse_integer(value);
  if (number && *number >= least && *number <= most) return *number;
  refuse(
      code, std::string(name) + " must be a number from " + std::to_string(least) + " to " +
                std::to_string(most)
  );
  return otherwise;
}

bool Parameters::flag(std::string_view name, bool otherwise, int code) {
  const std::string value = text(name);
  if (value.empty()) return otherwise;
  const auto truth = base::parse_bool(value);
  if (!truth) refuse(code, std::string(name) + " must be true or false");
  return truth.value_or(otherwise);
}

std::string Parameters::sid(std::string_view name, std::string_view prefix, int code) {
  std::string value = text(name);
  if (value.empty() || base::is_sid(value, prefix)) return value;
  refuse(code, std::string(name) + " is not a SID that begins with " + std::string(prefix));
  return {};
}

void Parameters::check_amount(std::string_view name, int code) {
  const std::string value = text(name);
  double number = 0;
  const char* end = std::to_address(value.end());
  const auto [stopped, failed] = std::from_chars(std::to_address(value.begin()), end, number);
  const bool is_number = failed == std::errc() && stopped == end && std::isfinite(number);
  if (!value.empty() && !is_number) refuse(code);
}

std::string Parameters::one_of(
    std::string_view name, std::initializer_list<std::string_view> words,
    std::string_view otherwise, int code
) {
  std::string value = text(name, otherwise);
  if (value == otherwise || std::ranges::find(words, value) != words.end()) return value;
  std::string message = std::string(name) + " is not valid: use";
  for (const std::string_view word : words) message.append(" ").append(word);
  refuse(code, std::move(message));
  return std::string(otherwise);
}

std::vector<std::string> Parameters::repeated(std::string_view name) const {
  return form_.has(name) ? form_.all(name) : query_.all(name);
}

std::vector<std::string> Parameters::list(std::string_view name) const {
  std::vector<std::string> words;
  for (const std::string& value : repeated(name))
    for (const std::string_view word : base::split(value, ' '))
      if (!word.empty()) words.emplace_back(word);
  return words;
}

TimeSpan Parameters::times(const std::string& name) {
  TimeSpan span;
  const auto read = [&](const std::string& parameter) -> std::optional<Moment> {
    const std::string value = text(parameter);
    if (value.empty()) return std::nullopt;
    const auto moment = parse_moment(value);
    if (!moment) refuse(20001, parameter + " is no date: " + value);
    return moment;
  };
  if (const auto day = read(name)) {
    span.from = std::chrono::floor<std::chrono::days>(day->at);
    span.before = *span.from + 24h;
  }
  // The comparison includes equality.
  if (const auto from = read(name + ">")) span.from = from->at;
  if (const auto until = read(name + "<"))
    span.before = until->at + (until->is_day ? std::chrono::microseconds(24h) : 1s);
  return span;
}

void Parameters::refuse(int code, std::string message) {
  if (!error_) error_ = twilio::error(code, std::move(message));
}

}  // namespace belfry::compat::twilio
