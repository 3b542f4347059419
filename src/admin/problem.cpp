#include "admin/problem.hpp"

#include "base/text.hpp"

namespace belfry::admin {
namespace {

http::Response render(int status, const base::json::object& body) {
  http::Response response = http::empty(status);
  response.headers.add("Content-Type", "application/problem+json");
  response.body = base::json::serialize(body);
  return response;
}

base::json::object describe(
    const http::Request& request, int status, std::string_view code, std::string_view detail
) {
  base::json::object body{
      {"type", "about:blank"},    {"title", http::status_phrase(status)},
      {"status", status},         {"detail", detail},
      {"instance", request.path}, {"code", code},
  };
  if (!request.id.empty()) body["requestId"] = request.id;
  return body;
}

struct Meaning {
  int status;
  std::string_view code;
};

Meaning meaning_of(base::Errc code) {
  switch (code) {
    case base::Errc::invalid_argument:
      return {422, "invalid"};
    case base::Errc::malformed:
      return {400, "malformed"};
    case base::Errc::unsupported:
      return {422, "unsupported"};
    case base::Errc::not_found:
      return {404, "not-found"};
    case base::Errc::conflict:
      return {409, "conflict"};
    case base::Errc::timed_out:
      return {504, "timed-out"};
    case base::Errc::refused:
      return {403, "refused"};
    case base::Errc::unavailable:
      return {503, "unavailable"};
    case base::Errc::too_large:
      return {413, "too-large"};
    case base::Errc::unauthorized:
      return {401, "unauthorized"};
    case base::Errc::forbidden:
      return {403, "forbidden"};
    case base::Errc::cancelled:
      return {409, "cancelled"};
    case base::Errc::io:
    case base::Errc::internal:
      return {500, "internal"};
  }
  return {500, "internal"};
}

}  // namespace

std::string pointer_to(const std::vector<std::string_view>& path) {
  std::string pointer = "#";
  for (const std::string_view name : path) {
    pointer += '/';
    for (const char character : name) {
      if (character == '~') {
        pointer += "~0";
      } else if (character == '/') {
        pointer += "~1";
      } else {
        pointer += character;
      }
    }
  }
  return pointer;
}

http::Response problem(
    const http::Request& request, int status, std::string_view code, std::string_view detail
) {
  return render(status, describe(request, status, code, detail));
}

http::Response refuse(const http::Request& request, const Complaints& complaints) {
  const bool in_query =
      std::ranges::any_of(complaints, [](const auto& it) { return it.pointer.starts_with('?'); });
  const int status = in_query ? 400 : 422;
  const std::string detail = complaints.empty() ? "" : complaints.front().message;
  base::json::object body = describe(request, status, "invalid", detail);
  base::json::array errors;
  for (const Complaint& complaint : complaints) {
    errors.push_back(
        {{"pointer", complaint.pointer}, {"code", complaint.code}, {"message", complaint.message}}
    );
  }
  body["errors"] = std::move(errors);
  return render(status, body);
}

http::Response failure(const http::Request& request, const base::Error& error) {
  const Meaning meaning = meaning_of(error.code);
  http::Response response = problem(request, meaning.status, meaning.code, error.message);
  if (meaning.status == 503)
    response.headers.set("Retry-After", std::to_string(error.detail > 0 ? error.detail : 5));
  return response;
}

std::expected<base::json::object, http::Response> read_object(const http::Request& request) {
  if (base::trim(request.body).empty()) return base::json::object{};
  auto document = base::json::parse(request.body);
  if (!document) return std::unexpected(failure(request, document.error()));
  if (!document->is_object()) {
    return std::unexpected(refuse(request, {{"#", "type", "the body must be a JSON object"}}));
  }
  return std::move(document->as_object());
}

const base::json::value* BodyReader::find(std::string_view name) const {
  const base::json::value* member = body_.if_contains(name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

void BodyReader::complain(std::string_view name, std::string_view code, std::string message) {
  complaints_.push_back({pointer_to({name}), std::string(code), std::move(message)});
}

std::optional<std::string> BodyReader::required_text(std::string_view name, std::size_t max_bytes) {
  if (!has(name)) {
    complain(name, "missing", std::string(name) + " is required");
    return std::nullopt;
  }
  return optional_text(name, max_bytes);
}

std::optional<std::string> BodyReader::optional_text(std::string_view name, std::size_t max_bytes) {
  const base::json::value* member = find(name);
  if (member == nullptr) return std::nullopt;
  const auto* text = member->if_string();
  if (text == nullptr) {
    complain(name, "type", std::string(name) + " must be a text");
    return std::nullopt;
  }
  if (text->empty() || text->size() > max_bytes) {
    complain(
        name, "length",
        std::string(name) + " must have 1 to " + std::to_string(max_bytes) + " bytes"
    );
    return std::nullopt;
  }
  return std::string(text->c_str(), text->size());
}

std::optional<std::int64_t> BodyReader::optional_integer(
    std::string_view name, std::int64_t lowest, std::int64_t highest
) {
  const base::json::value* member = find(name);
  if (member == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = member->is_number() ? member->to_number<std::int64_t>(error) : 0;
  if (!member->is_number() || error || number < lowest || number > highest) {
    complain(
        name, "range",
        std::string(name) + " must be a whole number from " + std::to_string(lowest) + " to " +
            std::to_string(highest)
    );
    return std::nullopt;
  }
  return number;
}

}  // namespace belfry::admin
