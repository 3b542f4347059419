#include "admin/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"

namespace belfry::admin {
namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

double boot_time() {
  const std::string text = read_file("/proc/stat");
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("btime "))
      return static_cast<double>(base::parse_unsigned(line.substr(6)).value_or(0));
  }
  return 0;
}

std::uint64_t count_open_files() {
  std::error_code error;
  std::uint64_t count = 0;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return count == 0 ? 0 : count - 1;  // the folder itself was open
}

std::string to_text(double number) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(
      buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed, 2
  );
  return {buffer.data(), end.ptr};
}

void add_series(
    std::string& text, std::string_view name, std::string_view type, std::string_view help,
    const std::string& number
) {
  const std::string full = "process_" + std::string(name);
  text += "# HELP " + full + " " + std::string(help) + "\n";
  text += "# TYPE " + full + " " + std::string(type) + "\n";
  text += full + " " + number + "\n";
}

}  // namespace

ProcessFigures parse_process_stat(
    std::string_view stat, double boot_unix_seconds, long ticks, long page_bytes
) {
  ProcessFigures figures;
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || ticks <= 0) return figures;
  // What follows the name begins with field 3 of proc(5).
  const auto fields = base::split(base::trim(stat.substr(name_end + 1)), ' ');
  const auto field = [&](std::size_t number) {
    const std::size_t index = number - 3;
    return index < fields.size() ? base::parse_unsigned(fields[index]).value_or(0) : 0;
  };
  const auto seconds = [&](std::uint64_t in_ticks) {
    return static_cast<double>(in_ticks) / static_cast<double>(ticks);
  };
  figures.cpu_seconds = seconds(field(14) + field(15));
  figures.start_unix_seconds = boot_unix_seconds + seconds(field(22));
  figures.virtual_bytes = field(23);
  figures.resident_bytes = field(24) * static_cast<std::uint64_t>(page_bytes);
  return figures;
}

ProcessFigures read_process_figures() {
  ProcessFigures figures = parse_process_stat(
      read_file("/proc/self/stat"), boot_time(), ::sysconf(_SC_CLK_TCK), ::sysconf(_SC_PAGESIZE)
  );
  figures.open_files = count_open_files();
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.max_files = limit.rlim_cur;
  return figures;
}

std::string render(const ProcessFigures& figures) {
  std::string text;
  add_series(
      text, "cpu_seconds_total", "counter", "Processor time used", to_text(figures.cpu_seconds)
  );
  add_series(
      text, "resident_memory_bytes", "gauge", "Memory in RAM",
      std::to_string(figures.resident_bytes)
  );
  add_series(
      text, "virtual_memory_bytes", "gauge", "Address space in use",
      std::to_string(figures.virtual_bytes)
  );
  add_series(
      text, "open_fds", "gauge", "Open file descriptors", std::to_string(figures.open_files)
  );
  add_series(
      text, "max_fds", "gauge", "Most file descriptors allowed", std::to_string(figures.max_files)
  );
  add_series(
      text, "start_time_seconds", "gauge", "Start of the process since the Unix epoch",
      to_text(figures.start_unix_seconds)
  );
  return text;
}

}  // namespace belfry::admin
