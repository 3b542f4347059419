#include "sip/message.hpp"

#include <cassert>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sip/characters.hpp"
#include "sip/list_reader.hpp"

namespace belfry::sip {
namespace {

using base::Errc;
using base::fail;
using base::Result;

}  // namespace

std::optional<std::string_view> Message::header(HeaderId id) const {
  for (const Line& line : headers_)
    if (line.id == id) return view(line.value);
  return std::nullopt;
}

std::optional<std::string_view> Message::header(std::string_view name) const {
  const HeaderId id = header_id(name);
  if (id != HeaderId::other) return header(id);
  for (const Line& line : headers_)
    if (line.id == id && base::equals_ignoring_case(view(line.name), name)) return view(line.value);
  return std::nullopt;
}

std::size_t Message::count(HeaderId id) const {
  std::size_t found = 0;
  for (const Line& line : headers_) found += line.id == id;
  return found;
}

Message::Header Message::header_at(std::size_t index) const {
  const Line& line = headers_.at(index);
  return {line.id, view(line.name), view(line.value)};
}

Result<std::vector<std::string_view>> Message::values(HeaderId id) const {
  std::vector<std::string_view> all;
  for (const Line& line : headers_) {
    // An empty Supported or Allow is a list without elements (RFC 3261 §20.37).
    if (line.id != id || line.value.length == 0) continue;
    ListReader reader(view(line.value));
    while (const auto element = reader.next()) all.push_back(*element);
    if (reader.is_broken()) return fail(Errc::malformed, "list is broken");
  }
  return all;
}

std::vector<std::string_view> Message::lines(HeaderId id) const {
  std::vector<std::string_view> all;
  for (const Line& line : headers_)
    if (line.id == id) all.push_back(view(line.value));
  return all;
}

bool Message::has_option(HeaderId id, std::string_view token) const {
  for (const Line& line : headers_) {
    if (line.id != id) continue;
    ListReader reader(view(line.value));
    while (const auto element = reader.next())
      if (base::equals_ignoring_case(*element, token)) return true;
  }
  return false;
}

Result<Via> Message::top_via() const {
  const auto value = header(HeaderId::via);
  if (!value) return fail(Errc::not_found, "no Via");
  ListReader reader(*value);
  const auto first = reader.next();
  if (!first) return fail(Errc::malformed, "Via is broken");
  return parse_via(*first);
}

Result<std::vector<Via>> Message::vias() const {
  BELFRY_TRY(elements, values(HeaderId::via));
  std::vector<Via> all;
  for (const std::string_view element : elements) {
    BELFRY_TRY(via, parse_via(element));
    all.push_back(via);
  }
  return all;
}

Result<NameAddr> Message::from() const {
  return parse_name_addr(header(HeaderId::from).value_or(""));
}
Result<NameAddr> Message::to() const {
  return parse_name_addr(header(HeaderId::to).value_or(""));
}
std::string Message::from_tag() const {
  const auto address = from();
  return address ? address->tag() : "";
}
std::string Message::to_tag() const {
  const auto address = to();
  return address ? address->tag() : "";
}
Result<CSeq> Message::cseq() const {
  return parse_cseq(header(HeaderId::cseq).value_or(""));
}

Result<std::vector<NameAddr>> Message::name_addrs(HeaderId id) const {
  BELFRY_TRY(elements, values(id));
  std::vector<NameAddr> all;
  for (const std::string_view element : elements) {
    BELFRY_TRY(address, parse_name_addr(element));
    all.push_back(address);
  }
  return all;
}
Result<std::vector<NameAddr>> Message::contacts() const {
  return name_addrs(HeaderId::contact);
}
Result<std::vector<NameAddr>> Message::routes() const {
  return name_addrs(HeaderId::route);
}
Result<std::vector<NameAddr>> Message::record_routes() const {
  return name_addrs(HeaderId::record_route);
}

std::optional<std::uint32_t> Message::number(HeaderId id) const {
  const std::string_view value = header(id).value_or("");
  const std::string_view digits = value.substr(0, value.find_first_not_of("0123456789"));
  const std::string_view rest = characters::trim(value.substr(digits.size()));
  if (!rest.empty() && rest.front() != ';' && rest.front() != '(') return std::nullopt;
  const auto result = parse_number(digits);
  return result ? std::optional(*result) : std::nullopt;
}

std::optional<std::uint32_t> Message::min_se() const {
  return number(HeaderId::min_se);
}

std::optional<SessionExpires> Message::session_expires() const {
  const auto value = header(HeaderId::session_expires);
  if (!value) return std::nullopt;
  const auto result = parse_session_expires(*value);
  return result ? std::optional(*result) : std::nullopt;
}

std::string Message::content_type() const {
  const std::string_view value = header(HeaderId::content_type).value_or("");
  return base::to_lower(characters::trim(value.substr(0, value.find(';'))));
}

Result<std::string_view> Message::body_of_type(std::string_view type) const {
  if (body().empty()) return fail(Errc::not_found, "no body");
  if (content_type() != type) return fail(Errc::unsupported, "body of another type");
  return body();
}

std::span<const std::byte> Message::bytes() const {
  return base::as_bytes(buffer_);
}

void Message::splice(std::size_t at, std::size_t length, std::string_view text) {
  buffer_.replace(at, length, text);
  const auto shift = static_cast<std::uint32_t>(text.size() - length);  // wraps when it shrinks
  const auto move = [&](Place& place) {
    if (place.at > at) place.at += shift;
  };
  for (Line& line : headers_) {
    move(line.name);
    move(line.value);
  }
  move(body_at_);
}

Message with_top_header(const Message& message, HeaderId id, std::string_view value) {
  assert(!message.headers_.empty());
  const std::string_view name = to_string(id);
  const std::string safe_value = one_line(value);
  const std::uint32_t at = message.headers_.front().name.at;
  std::string line(name);
  line += ": ";
  line += safe_value;
  line += "\r\n";
  Message result = message;
  result.splice(at, 0, line);
  // `splice` leaves alone what begins exactly where it inserts, so the old first name moves here.
  result.headers_.front().name.at = at + static_cast<std::uint32_t>(line.size());
  Message::Line entry{id, {}, {}};
  entry.name = {at, static_cast<std::uint32_t>(name.size())};
  entry.value = {
      static_cast<std::uint32_t>(at + name.size() + 2),
      static_cast<std::uint32_t>(safe_value.size())
  };
  result.headers_.insert(result.headers_.begin(), entry);
  return result;
}

void stamp_source(Message& request, std::string_view address, std::uint16_t port) {
  for (Message::Line& line : request.headers_) {
    if (line.id != HeaderId::via) continue;
    ListReader reader(request.view(line.value));
    const auto top = reader.next();
    const auto via = top ? parse_via(*top) : base::fail(Errc::malformed, "Via is broken");
    if (!via) return;
    const std::string_view old_params = via->params.text();
    const std::string_view head = top->substr(0, top->size() - old_params.size());
    std::string text(characters::trim(head));
    for (const Params::Entry& entry : via->params.entries()) {
      if (base::equals_ignoring_case(entry.name, "received")) continue;
      text += ';';
      text += entry.name;
      const bool is_rport = base::equals_ignoring_case(entry.name, "rport");
      if (!is_rport && !entry.value) continue;
      text += '=';
      text += is_rport ? std::to_string(port) : std::string(*entry.value);
    }
    text += ";received=";
    text += address;
    const std::size_t at = static_cast<std::size_t>(top->data() - request.buffer_.data());
    const std::size_t old_size = top->size();
    line.value.length += static_cast<std::uint32_t>(text.size() - old_size);
    request.splice(at, old_size, text);
    return;
  }
}

}  // namespace belfry::sip
