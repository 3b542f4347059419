#pragma once
#include <cstdio>
#include <string>

#include "base/result.hpp"

/// How commands speak: results to stdout, at once; what is wrong to stderr.
namespace belfry::server {

inline constexpr int exit_failed = 1;   // the thing asked for did not work
inline constexpr int exit_mistake = 2;  // of whoever asked

inline void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}
inline void say_line(const std::string& line) {
  say(line + "\n");
}

/// @return `status`.
inline int complain(const std::string& message, int status) {
  std::fputs(("belfry: " + message + "\n").c_str(), stderr);
  return status;
}
inline int complain(const base::Error& error, int status) {
  return complain(error.message, status);
}
/// The status that says whose fault it is.
inline int complain(const base::Error& error) {
  return complain(error, error.code == base::Errc::invalid_argument ? exit_mistake : exit_failed);
}

}  // namespace belfry::server
