#include "admin/answering_members.hpp"

#include <array>

#include "net/url.hpp"

namespace belfry::admin {
namespace {

using Kind = AnsweringMember::Kind;

constexpr std::size_t max_text = 1024;
/// As long as an answer of a web application may be.
constexpr std::size_t max_document = 65'536;

constexpr auto members_of_both = std::to_array<AnsweringMember>({
    {"friendly_name"},
    {"voice_url", Kind::url},
    {"voice_method", Kind::method},
    {"voice_fallback_url", Kind::url},
    {"voice_fallback_method", Kind::method},
    {"status_callback", Kind::url},
    {"status_callback_method", Kind::method},
    {"sms_url", Kind::url},
    {"sms_method", Kind::method},
    {"sms_fallback_url", Kind::url},
    {"sms_fallback_method", Kind::method},
    {"twiml", Kind::document},
});

bool is_web_url(std::string_view text) {
  const auto url = net::Url::parse(text);
  return url && (url->scheme == "http" || url->scheme == "https");
}

/// What is wrong with the text; empty when it is well.
std::string flaw_of(const AnsweringMember& member, std::string_view text) {
  const std::string name(member.name);
  switch (member.kind) {
    case Kind::text:
      return text.size() > max_text ? name + " is too long" : "";
    case Kind::url:
      return text.size() > max_text || !is_web_url(text)
                 ? name + " must be a URL that begins with http:// or https://"
                 : "";
    case Kind::method:
      return text != "GET" && text != "POST" ? name + " must be GET or POST" : "";
    case Kind::document:
      return text.size() > max_document ? name + " is too long" : "";
  }
  return {};
}

}  // namespace

std::span<const AnsweringMember> answering_members() {
  return members_of_both;
}

void change_members(
    const base::json::object& body, BodyReader& reader, std::span<const AnsweringMember> members,
    base::json::object& value
) {
  for (const AnsweringMember& member : members) {
    const base::json::value* given = body.if_contains(member.name);
    if (given == nullptr) continue;
    if (!given->is_null() && !given->is_string()) {
      reader.complain(member.name, "type", std::string(member.name) + " must be a text");
      continue;
    }
    if (given->is_null() || given->as_string().empty()) {
      value[member.name] = nullptr;
      continue;
    }
    if (std::string flaw = flaw_of(member, given->as_string()); !flaw.empty())
      reader.complain(member.name, "invalid", std::move(flaw));
    else
      value[member.name] = *given;
  }
}

base::json::object render_members(
    const call::Document& document, std::span<const AnsweringMember> members
) {
  base::json::object json{
      {"sid", document.key},
      {"account_sid", document.tag},
      {"created_at", base::to_rfc3339(document.created)},
  };
  for (const AnsweringMember& member : members) {
    const base::json::value* found = document.value.if_contains(member.name);
    json[member.name] = found == nullptr ? base::json::value(nullptr) : *found;
  }
  return json;
}

std::string text_member(const base::json::object& from, std::string_view name) {
  const auto* text = base::json::find_string(from, name);
  return text == nullptr ? std::string() : std::string(*text);
}

}  // namespace belfry::admin
