#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

/// How Belfry's own API words its refusals (RFC 9457) and reads its bodies. Pure; any thread.
namespace belfry::admin {

/// What is wrong with one member of a body, or one parameter of a query.
struct Complaint {
  std::string pointer;  // "#/to": JSON Pointer as a fragment (RFC 6901 §6); "?limit" for a query
  std::string code;     // for programs: "missing", "type", "invalid"
  std::string message;  // for people
};
using Complaints = std::vector<Complaint>;

/// `#/a/b` for {"a", "b"}, escaped.
std::string pointer_to(const std::vector<std::string_view>& path);

/// Problem details with `instance` and, where there is one, `requestId`.
http::Response problem(
    const http::Request& request, int status, std::string_view code, std::string_view detail
);
/// 422 with one entry of `errors` per complaint; 400 when they are about the query.
http::Response refuse(const http::Request& request, const Complaints& complaints);
/// The status that says what `error` says; 503 comes with Retry-After.
http::Response failure(const http::Request& request, const base::Error& error);

/// The body as an object; an empty body is an empty object.
/// @return the answer when it is none: 400 for what is no JSON, 422 for other JSON.
std::expected<base::json::object, http::Response> read_object(const http::Request& request);

/// Reads the members of one body and collects what is wrong with them, so that all complaints come
/// at once. A member that is null is absent.
class BodyReader {
 public:
  explicit BodyReader(const base::json::object& body) : body_(body) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Complains when it is absent or no text of 1 to `max_bytes`.
  std::optional<std::string> required_text(std::string_view name, std::size_t max_bytes);
  std::optional<std::string> optional_text(std::string_view name, std::size_t max_bytes);
  std::optional<std::int64_t> optional_integer(
      std::string_view name, std::int64_t lowest, std::int64_t highest
  );
  /// The member as it stands; nothing when it is absent.
  const base::json::value* find(std::string_view name) const;
  void complain(std::string_view name, std::string_view code, std::string message);

  const Complaints& complaints() const { return complaints_; }

 private:
  const base::json::object& body_;
  Complaints complaints_;
};

}  // namespace belfry::admin
