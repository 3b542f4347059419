#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "compat/twilio/errors.hpp"
#include "http/form.hpp"

namespace belfry::compat::twilio {

/// A span of time that a list asks for: `from` is in it, `before` is not.
struct TimeSpan {
  std::optional<base::WallTime> from;
  std::optional<base::WallTime> before;
};

/// The parameters of a request, form before query, read by what they mean. A value that breaks its
/// rule leaves the first such error behind and reads as if it were absent, so a handler reads all
/// that it knows, in the order in which Twilio complains, and then asks `error()` once. What nobody
/// reads is ignored. An empty value is an absent one, but for `given` and `has`.
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(http::Form form, http::Form query = {})
      : form_(std::move(form)), query_(std::move(query)) {}

  bool has(std::string_view name) const;
  /// The value when the parameter is there, also an empty one: for updates, which clear by it.
  std::optional<std::string> given(std::string_view name) const;

  std::string text(std::string_view name, std::string_view otherwise = "") const;
  /// Absent or empty is error `code`.
  std::string required(std::string_view name, int code);
  /// At most `characters` (not bytes) long.
  std::string limited(std::string_view name, std::size_t characters, int code = 20001);
  /// Absolute http or https, at most 8 KiB; its #fragment may hold connection overrides.
  std::string url(std::string_view name, int code = 21205);
  /// Two letters that say of what, and 32 hexadecimal digits.
  std::string sid(std::string_view name, std::string_view prefix, int code = 20423);
  /// GET or POST in any case.
  std::string method(std::string_view name, std::string_view otherwise = "POST", int code = 21209);
  std::int64_t integer(
      std::string_view name, std::int64_t otherwise, std::int64_t least, std::int64_t most,
      int code = 20001
  );
  /// A decimal number, for what is checked and not used.
  void check_amount(std::string_view name, int code);
  bool flag(std::string_view name, bool otherwise = false, int code = 20001);
  /// Exactly one of the words, or `otherwise`.
  std::string one_of(
      std::string_view name, std::initializer_list<std::string_view> words,
      std::string_view otherwise = "", int code = 20001
  );
  /// Repeated (`X=a&X=b`) or in one value separated by spaces, as TwiML writes them.
  std::vector<std::string> list(std::string_view name) const;
  /// Repeated only: values that may hold spaces.
  std::vector<std::string> repeated(std::string_view name) const;
  /// `Parameter1.Name`, `Parameter1.Value`, up to 99: an application's own words for whoever gets a
  /// call's audio. A pair has at most 500 characters.
  std::vector<std::pair<std::string, std::string>> named_values();
  /// `X`, `X<`, `X>` (whatever stands before the `=`): one day (UTC), up to and including, from.
  /// Values are days `2026-01-02` or moments `2026-01-02T03:04:05Z`.
  TimeSpan times(const std::string& name);

  /// A rule that spans several parameters is broken.
  void refuse(int code, std::string message = {});
  const std::optional<ApiError>& error() const { return error_; }

  const http::Form& query() const { return query_; }
  const http::Form& form() const { return form_; }

 private:
  std::optional<std::string_view> find(std::string_view name) const;

  http::Form form_;
  http::Form query_;
  std::optional<ApiError> error_;
};

/// Absolute http or https URL with a host.
bool is_web_url(std::string_view text);
/// `2026-01-02` (then `is_day`) or `2026-01-02T03:04:05[.678]Z`.
struct Moment {
  base::WallTime at;
  bool is_day = false;
};
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace belfry::compat::twilio
