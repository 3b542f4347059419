#include "admin/place_call_request.hpp"

#include "net/url.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t max_party = 300;
constexpr std::size_t max_spoken = 4096;
constexpr std::size_t max_document = std::size_t{64} * 1024;  // rule W2
constexpr std::size_t max_url = 8192;
constexpr std::int64_t max_ring_s = 600;
constexpr std::array<std::string_view, 4> callback_events = {
    "initiated", "ringing", "answered", "completed"
};

std::optional<call::Party> read_party(BodyReader& body, std::string_view name, bool required) {
  const auto text =
      required ? body.required_text(name, max_party) : body.optional_text(name, max_party);
  if (!text) return std::nullopt;
  auto party = call::Party::parse(*text);
  if (!party) {
    body.complain(name, "invalid", std::string(name) + " is " + party.error().message);
    return std::nullopt;
  }
  return std::move(*party);
}

/// A URL that a web application may be asked under; empty when there is none.
std::string read_url(BodyReader& body, std::string_view name) {
  const auto text = body.optional_text(name, max_url);
  if (!text) return {};
  const auto url = net::Url::parse(*text);
  if (url && (url->scheme == "http" || url->scheme == "https")) return *text;
  const std::string why = url ? "it must begin with http:// or https://" : url.error().message;
  body.complain(name, "invalid", std::string(name) + " is no usable URL: " + why);
  return {};
}

std::string read_method(BodyReader& body, std::string_view name) {
  const auto method = body.optional_text(name, 8);
  if (!method) return "POST";
  if (*method != "GET" && *method != "POST") {
    body.complain(name, "invalid", std::string(name) + " must be GET or POST");
  }
  return *method;
}

call::ProgramSpec read_program(BodyReader& body) {
  call::ProgramSpec program{"twiml", {}};
  int given = 0;
  for (const std::string_view way : {"say", "twiml", "url"}) given += body.has(way) ? 1 : 0;
  if (given != 1) {
    body.complain(
        given == 0 ? "say" : "twiml", given == 0 ? "missing" : "conflict",
        "exactly one of say, twiml and url says what the call does"
    );
    return program;
  }
  if (auto words = body.optional_text("say", max_spoken)) program.parameters["say"] = *words;
  if (auto document = body.optional_text("twiml", max_document))
    program.parameters["twiml"] = *document;
  const std::string url = read_url(body, "url");
  if (url.empty()) return program;
  program.parameters["url"] = url;
  program.parameters["method"] = read_method(body, "method");
  const std::string fallback = read_url(body, "fallback_url");
  if (!fallback.empty()) program.parameters["fallback_url"] = fallback;
  return program;
}

void read_callback_events(BodyReader& body, call::StatusCallback& callback) {
  constexpr std::string_view name = "status_callback_event";
  const base::json::value* member = body.find(name);
  if (member == nullptr) return;
  callback.events.clear();
  const auto* list = member->if_array();
  const bool is_list = list != nullptr && !list->empty() && list->size() <= callback_events.size();
  const bool all_known =
      is_list && std::ranges::all_of(*list, [&](const auto& item) {
        return item.is_string() &&
               std::ranges::find(callback_events, std::string_view(item.get_string())) !=
                   callback_events.end();
      });
  if (!all_known) {
    body.complain(
        name, "invalid",
        "status_callback_event must be a list of initiated, ringing, answered, completed"
    );
    return;
  }
  for (const auto& item : *list) callback.events.emplace_back(item.get_string());
}

}  // namespace

std::variant<call::PlaceCall, Complaints> read_place_call(
    const base::json::object& body, const std::string& default_from
) {
  BodyReader reader(body);
  call::PlaceCall terms;
  if (auto to = read_party(reader, "to", true)) terms.to = std::move(*to);
  const auto from = read_party(reader, "from", false);
  terms.from = from ? from->to_string() : default_from;
  terms.program = read_program(reader);
  terms.status_callback.url = read_url(reader, "status_callback");
  read_callback_events(reader, terms.status_callback);
  if (const auto ring = reader.optional_integer("ring_timeout_s", 1, max_ring_s))
    terms.ring_timeout = std::chrono::seconds(*ring);
  terms.application = "api";
  if (!reader.complaints().empty()) return reader.complaints();
  return terms;
}

}  // namespace belfry::admin
