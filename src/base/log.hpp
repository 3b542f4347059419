#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

/// Structured log: an event name and fields. `log::info("call.answered", {{"call", sid}, {"ms",
/// 812}})`. Never blocks: lines go through a bounded queue to a thread of their own, the oldest are
/// dropped first. Any thread. Secrets, digits and bodies never come in here; numbers come masked
/// (rule P6).
namespace belfry::base::log {

enum class Level { debug, info, warning, error, off };
enum class Format {
  text,
  json
};  // text: "time - logger - LEVEL - event key=value"; json: one object a line

struct Field {
  using Value = std::variant<std::string_view, std::int64_t, double, bool>;
  std::string_view key;
  Value value;

  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const std::string& text)
      : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, bool flag) : key(name), value(flag) {}
  template <std::integral T>
  Field(std::string_view name, T number) : key(name), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
};
using Fields = std::initializer_list<Field>;

/// Before the first line; without it, lines of `info` and worse go to stderr as text.
void configure(Level level, Format format);
/// Writes what is queued. At the end of the process.
void flush();

bool enabled(Level level);
void write(Level level, std::string_view event, Fields fields = {});

inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, Fields fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

/// The line without its time, as `write` would print it: for tests.
std::string render(Format format, Level level, std::string_view event, Fields fields);

}  // namespace belfry::base::log
