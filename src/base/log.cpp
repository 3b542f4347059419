#include "base/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

namespace belfry::base::log {
namespace {

constexpr std::size_t queue_lines = 8192;

struct Output {
  std::atomic<Level> level = Level::info;
  std::atomic<Format> format = Format::text;
  std::shared_ptr<spdlog::details::thread_pool> pool =
      std::make_shared<spdlog::details::thread_pool>(queue_lines, 1);
  std::shared_ptr<spdlog::logger> logger = std::make_shared<spdlog::async_logger>(
      "belfry", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool,
      spdlog::async_overflow_policy::overrun_oldest
  );

  Output() { apply_pattern(); }
  /// The thread writes what is queued and is joined before the sink that it writes to goes.
  ~Output() { pool.reset(); }
  void apply_pattern() const {
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::err);
    logger->set_pattern(
        format.load() == Format::json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%fZ",%v})"
                                      : "%Y-%m-%d %H:%M:%S,%e - %v",
        spdlog::pattern_time_type::utc
    );
  }
};

Output& output() {
  static Output instance;
  return instance;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO";
    case Level::warning:
      return "WARNING";
    case Level::error:
      return "ERROR";
    case Level::off:
      return "OFF";
  }
  return "";
}

boost::json::value to_json(const Field::Value& value) {
  return std::visit([](const auto& plain) { return boost::json::value(plain); }, value);
}

std::string render_text(Level level, std::string_view event, Fields fields) {
  std::string line = "belfry - ";
  line.append(name_of(level)).append(" - ").append(event);
  for (const Field& field : fields) {
    line.append(" ").append(field.key).append("=");
    // Serialised, so that a hostile value cannot start a line of its own.
    line += boost::json::serialize(to_json(field.value));
  }
  return line;
}

std::string render_json(Level level, std::string_view event, Fields fields) {
  boost::json::object line{{"level", name_of(level)}, {"logger", "belfry"}, {"msg", event}};
  for (const Field& field : fields) line[field.key] = to_json(field.value);
  std::string text = boost::json::serialize(line);
  return text.substr(1, text.size() - 2);  // the pattern adds the braces and the time
}

}  // namespace

void configure(Level level, Format format) {
  output().level = level;
  output().format = format;
  output().apply_pattern();
}

void flush() {
  output().logger->flush();
}

bool enabled(Level level) {
  return level >= output().level.load(std::memory_order_relaxed);
}

std::string render(Format format, Level level, std::string_view event, Fields fields) {
  return format == Format::json ? render_json(level, event, fields)
                                : render_text(level, event, fields);
}

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  const std::string line = render(output().format.load(), level, event, fields);
  const auto severity = level == Level::error ? spdlog::level::err : spdlog::level::info;
  output().logger->log(severity, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace belfry::base::log
