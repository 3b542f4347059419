// Any bytes as a SIP message: parse, read every accessor, answer, serialize, parse again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sip/message.hpp"
#include "sip/request_check.hpp"

namespace {

using namespace belfry::sip;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Results do not matter here; that they come without a fault does.
std::size_t read_everything(const Message& message) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < message.header_count(); ++i) {
    const Message::Header header = message.header_at(i);
    seen += header.name.size() + header.value.size();
    if (const auto address = parse_name_addr(header.value)) {
      seen += address->display_name().size() + address->params.entries().size();
      if (const auto uri = address->uri()) {
        const auto again = Uri::parse(uri->to_string());
        require(again.has_value());
        require(equivalent(*uri, *again));
      }
    }
    seen += message.values(header.id).has_value();
    seen += split_list(header.value).has_value();
    seen += parse_session_expires(header.value).has_value();
  }
  seen +=
      message.vias().has_value() + message.contacts().has_value() + message.routes().has_value();
  seen += message.from_tag().size() + message.to_tag().size() + message.content_type().size();
  seen += message.session_expires().has_value() + message.max_forwards().value_or(0);
  return seen + message.body_of_type("application/sdp").has_value();
}

void check_request_and_answers(Message request) {
  stamp_source(request, "2001:db8::1", 65535);
  const Message stamped = with_top_header(request, HeaderId::via, "SIP/2.0/UDP a;branch=z9hG4bKx");
  require(stamped.header_count() == request.header_count() + 1);
  for (const int status : {100, 180, 400}) {
    const Message answer = response_to(request, status, "0123456789abcdef").build();
    const Parsed parsed = parse(answer.text(), Framing::datagram);
    // Rule S7: no echo adds a line. (Broken requests may make broken answers, which drop.)
    require(answer.text().size() > max_datagram_message || parsed.kind != Parsed::Kind::refuse);
    if (parsed.kind != Parsed::Kind::message) continue;
    require(parsed.message.header_count() == answer.header_count());
    require(parsed.message.text() == answer.text());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Framing framing : {Framing::datagram, Framing::stream}) {
    Parsed parsed = parse(text, framing);
    if (parsed.kind == Parsed::Kind::drop) continue;
    read_everything(parsed.message);
    require(parsed.kind == Parsed::Kind::message || parsed.status >= 400);
    if (parsed.kind == Parsed::Kind::message) {
      const Parsed again = parse(serialize(parsed.message), framing);
      require(again.kind == Parsed::Kind::message);
      require(again.message.header_count() == parsed.message.header_count());
    }
    if (!parsed.message.is_request()) continue;
    static const Abilities abilities{{Method::invite}, {"timer"}, {"application/sdp"}};
    static_cast<void>(check_request(parsed.message, abilities));
    check_request_and_answers(std::move(parsed.message));
  }
  return 0;
}
