#include "sip/request_check.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::sip {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool is_known(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::any_of(words, [&](const std::string& known) {
    return base::equals_ignoring_case(known, word);
  });
}

std::optional<Refusal> check_method(const Message& request, const Abilities& abilities) {
  if (request.method() == Method::other) return Refusal{501, {}};
  if (request.method() == Method::cancel) return std::nullopt;
  if (std::ranges::find(abilities.methods, request.method()) != abilities.methods.end())
    return std::nullopt;
  return Refusal{405, {{HeaderId::allow, allow_value(abilities)}}};
}

std::optional<Refusal> check_scheme(const Message& request) {
  const auto uri = request.request_uri();
  if (!uri) return Refusal{400, {}};
  if (uri->scheme != Uri::Scheme::other) return std::nullopt;
  return Refusal{416, {}};
}

std::optional<Refusal> check_extensions(const Message& request, const Abilities& abilities) {
  if (request.method() == Method::cancel) return std::nullopt;  // RFC 3261 §8.2.2.3
  const auto required = request.values(HeaderId::require);
  if (!required) return Refusal{400, {}};
  std::vector<std::string> unknown;
  for (const std::string_view tag : *required)
    if (!is_known(abilities.extensions, tag)) unknown.emplace_back(tag);
  if (unknown.empty()) return std::nullopt;
  return Refusal{420, {{HeaderId::unsupported, joined(unknown)}}};
}

std::optional<Refusal> check_body(const Message& request, const Abilities& abilities) {
  const std::string_view encoding = request.header(HeaderId::content_encoding).value_or("identity");
  if (!base::equals_ignoring_case(encoding, "identity"))
    return Refusal{415, {{HeaderId::accept_encoding, "identity"}}};
  const std::string_view disposition = request.header(HeaderId::content_disposition).value_or("");
  const bool is_optional = base::to_lower(disposition).contains("handling=optional");
  if (request.body().empty() || is_optional ||
      is_known(abilities.body_types, request.content_type()))
    return std::nullopt;
  return Refusal{415, {{HeaderId::accept, joined(abilities.body_types)}}};
}

/// Our answer to an INVITE is a session description; whoever forbids that gets none.
std::optional<Refusal> check_accept(const Message& request, const Abilities& abilities) {
  if (request.method() != Method::invite || request.count(HeaderId::accept) == 0 ||
      abilities.body_types.empty())
    return std::nullopt;
  const auto accepted = request.values(HeaderId::accept);
  if (!accepted) return Refusal{400, {}};
  const std::string& ours = abilities.body_types.front();
  const std::string any_subtype = ours.substr(0, ours.find('/') + 1) + "*";
  for (const std::string_view range : *accepted) {
    const std::string type = base::to_lower(base::trim(range.substr(0, range.find(';'))));
    if (type == ours || type == any_subtype || type == "*/*") return std::nullopt;
  }
  return Refusal{406, {}};
}

}  // namespace

std::optional<Refusal> check_request(const Message& request, const Abilities& abilities) {
  if (request.method() == Method::ack) return std::nullopt;
  if (auto refusal = check_method(request, abilities)) return refusal;
  if (auto refusal = check_scheme(request)) return refusal;
  if (auto refusal = check_extensions(request, abilities)) return refusal;
  if (auto refusal = check_body(request, abilities)) return refusal;
  return check_accept(request, abilities);
}

std::string allow_value(const Abilities& abilities) {
  std::vector<std::string> names = {"ACK", "CANCEL"};
  for (const Method method : abilities.methods) names.emplace_back(to_string(method));
  return joined(names);
}

}  // namespace belfry::sip
