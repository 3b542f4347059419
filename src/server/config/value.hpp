#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "server/config/config.hpp"

/// Values as files, environment and flags write them, and how they become the fields of `Config`.
namespace belfry::server {

enum class Type { text, integer, boolean, texts, integers };
using Value = std::variant<
    std::string, std::int64_t, bool, std::vector<std::string>, std::vector<std::int64_t>>;

Type type_of(const Value& value);
/// "a whole number", for error messages.
std::string_view name_of(Type type);
/// From the environment or a flag; lists are separated by commas.
/// @return Errc::malformed with what was expected.
base::Result<Value> parse_value(Type type, std::string_view text);
/// As TOML writes it.
std::string to_toml(const Value& value);

/// The words of an enumeration, in the order of their documentation.
template <class T>
struct Word {
  T value;
  std::string_view word;
};
template <class T>
constexpr std::array<Word<T>, 0> words_of{};
template <>
inline constexpr std::array words_of<Switch> = {
    Word{Switch::automatic, "auto"}, Word{Switch::on, "on"}, Word{Switch::off, "off"}
};
template <>
inline constexpr std::array words_of<Transport> = {
    Word{Transport::udp, "udp"}, Word{Transport::tcp, "tcp"}, Word{Transport::tls, "tls"}
};
template <>
inline constexpr std::array words_of<Method> = {
    Word{Method::post, "POST"}, Word{Method::get, "GET"}
};
template <>
inline constexpr std::array words_of<Recognition> = {
    Word{Recognition::none, "none"}, Word{Recognition::pocketsphinx, "pocketsphinx"}
};
template <>
inline constexpr std::array words_of<RecordingNotice> = {
    Word{RecordingNotice::off, "off"}, Word{RecordingNotice::beep, "beep"}
};
template <>
inline constexpr std::array words_of<Srtp> = {
    Word{Srtp::off, "off"}, Word{Srtp::optional, "optional"}, Word{Srtp::required, "required"}
};
template <>
inline constexpr std::array words_of<base::log::Level> = {
    Word{base::log::Level::debug, "debug"}, Word{base::log::Level::info, "info"},
    Word{base::log::Level::warning, "warning"}, Word{base::log::Level::error, "error"},
    Word{base::log::Level::off, "off"}
};
template <>
inline constexpr std::array words_of<base::log::Format> = {
    Word{base::log::Format::text, "text"}, Word{base::log::Format::json, "json"}
};

template <class T>
concept Enumeration = std::is_enum_v<T>;
template <class T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool>;
template <class T>
constexpr bool is_duration = false;
template <class Rep, class Period>
constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

/// Which kind of value a field of the type T takes.
template <class T>
constexpr Type type_for() {
  if constexpr (std::same_as<T, bool>)
    return Type::boolean;
  else if constexpr (WholeNumber<T> || is_duration<T>)
    return Type::integer;
  else if constexpr (std::same_as<T, std::vector<std::string>>)
    return Type::texts;
  else if constexpr (std::same_as<T, std::vector<std::uint16_t>>)
    return Type::integers;
  else
    return Type::text;
}

base::Result<PortRange> parse_port_range(std::string_view text);

/// Each takes a value of `type_for<T>()`. @return Errc::invalid_argument with what is possible.
template <WholeNumber T>
base::Result<> assign(std::int64_t number, T& field) {
  if (!std::in_range<T>(number))
    return base::fail(
        base::Errc::invalid_argument,
        "must be at least " + std::to_string(std::numeric_limits<T>::min()) + " and at most " +
            std::to_string(std::numeric_limits<T>::max())
    );
  field = static_cast<T>(number);
  return {};
}

template <class T>
base::Result<> assign(const Value& value, T& field) {
  if constexpr (std::same_as<T, bool>) {
    field = std::get<bool>(value);
  } else if constexpr (WholeNumber<T>) {
    return assign(std::get<std::int64_t>(value), field);
  } else if constexpr (is_duration<T>) {
    if (std::get<std::int64_t>(value) < 0)
      return base::fail(base::Errc::invalid_argument, "must not be negative");
    field = T(std::get<std::int64_t>(value));
  } else if constexpr (Enumeration<T>) {
    std::string possible;
    for (const Word<T>& each : words_of<T>) {
      if (each.word == std::get<std::string>(value)) {
        field = each.value;
        return {};
      }
      possible.append(possible.empty() ? "" : ", ").append(each.word);
    }
    return base::fail(base::Errc::invalid_argument, "must be one of " + possible);
  } else if constexpr (std::same_as<T, PortRange>) {
    BELFRY_TRY(range, parse_port_range(std::get<std::string>(value)));
    field = range;
  } else if constexpr (std::same_as<T, std::vector<std::uint16_t>>) {
    field.clear();
    for (const std::int64_t each : std::get<std::vector<std::int64_t>>(value)) {
      std::uint16_t number = 0;
      BELFRY_CHECK(assign(each, number));
      field.push_back(number);
    }
  } else {
    if constexpr (std::same_as<T, std::vector<std::string>>)
      field = std::get<std::vector<std::string>>(value);
    else
      field = std::get<std::string>(value);
  }
  return {};
}

/// Nothing for an optional field that is not set.
template <class T>
std::optional<Value> to_value(const T& field) {
  if constexpr (std::same_as<T, bool> || std::same_as<T, std::vector<std::string>>) {
    return field;
  } else if constexpr (WholeNumber<T>) {
    return static_cast<std::int64_t>(field);
  } else if constexpr (is_duration<T>) {
    return static_cast<std::int64_t>(field.count());
  } else if constexpr (Enumeration<T>) {
    for (const Word<T>& each : words_of<T>)
      if (each.value == field) return std::string(each.word);
    return std::nullopt;
  } else if constexpr (std::same_as<T, PortRange>) {
    return std::to_string(field.first) + "-" + std::to_string(field.last);
  } else if constexpr (std::same_as<T, std::vector<std::uint16_t>>) {
    return std::vector<std::int64_t>(field.begin(), field.end());
  } else {
    return field;
  }
}

}  // namespace belfry::server
