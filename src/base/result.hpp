#pragma once
#include <expected>
#include <string>
#include <utility>

namespace belfry::base {

/// What kind of thing went wrong. Edges translate it to their own protocol's status.
enum class Errc {
  invalid_argument,  // the caller's value breaks a stated rule
  malformed,         // bytes from outside do not parse
  unsupported,       // well-formed, but not something we do
  not_found,
  conflict,      // the object is not in a state that allows it
  timed_out,     // the other side did not answer in time
  refused,       // policy or the other side said no
  unavailable,   // overload, draining or a missing peer: try later
  too_large,     // beyond a stated limit
  unauthorized,  // no or wrong credentials
  forbidden,
  io,         // disk or network failed
  cancelled,  // the owner gave up
  internal,   // a defect of ours
};

/// A failure as a value. `message` is for people and safe to show; `detail` is a protocol's own
/// number (SIP status, Twilio error code) or 0.
struct Error {
  Errc code = Errc::internal;
  std::string message;
  int detail = 0;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message, int detail = 0) {
  return std::unexpected(Error{code, std::move(message), detail});
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace belfry::base

#define BELFRY_CONCAT_INNER(a, b) a##b
#define BELFRY_CONCAT(a, b) BELFRY_CONCAT_INNER(a, b)
#define BELFRY_TRY_INNER(out, expression, temporary, return_keyword)            \
  auto temporary = (expression);                                                \
  if (!temporary) return_keyword std::unexpected(std::move(temporary).error()); \
  auto out = std::move(temporary).value()

/// `BELFRY_TRY(value, expression);` declares `value`, or returns the error to the caller.
#define BELFRY_TRY(out, expression) \
  BELFRY_TRY_INNER(out, expression, BELFRY_CONCAT(try_result_, __LINE__), return)
#define BELFRY_CO_TRY(out, expression) \
  BELFRY_TRY_INNER(out, expression, BELFRY_CONCAT(try_result_, __LINE__), co_return)

/// The same for `Result<void>`.
#define BELFRY_CHECK(expression)                       \
  if (auto check_result = (expression); !check_result) \
  return std::unexpected(std::move(check_result).error())
#define BELFRY_CO_CHECK(expression)                    \
  if (auto check_result = (expression); !check_result) \
  co_return std::unexpected(std::move(check_result).error())
