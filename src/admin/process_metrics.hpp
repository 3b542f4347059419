#pragma once
#include <string>

#include "base/time.hpp"

namespace belfry::admin {

/// What the kernel says about this process (proc(5)).
struct ProcessFigures {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t max_files = 0;
  double start_unix_seconds = 0;
};

/// Fields of `/proc/<pid>/stat`; the program's name in it may hold spaces and brackets.
/// @param boot_unix_seconds `btime` of `/proc/stat`. @param ticks per second. Pure.
ProcessFigures parse_process_stat(
    std::string_view stat, double boot_unix_seconds, long ticks, long page_bytes
);
/// Reads /proc: some ten microseconds. Any thread.
ProcessFigures read_process_figures();
/// The `process_*` series in Prometheus' text format. Pure.
std::string render(const ProcessFigures& figures);

}  // namespace belfry::admin
