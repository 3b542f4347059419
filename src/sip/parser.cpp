#include <cstring>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sip/characters.hpp"
#include "sip/list_reader.hpp"
#include "sip/message.hpp"
#include "sip/uri_scan.hpp"

namespace belfry::sip {
namespace {

using characters::trim;
constexpr std::size_t npos = std::string_view::npos;

/// A NUL is legal in one place: behind a backslash in a quoted string (RFC 4475 intmeth).
bool holds_bare_nul(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\0') return true;
    if (value[i] != '"') continue;
    const std::size_t length = quoted_length(value.substr(i));
    if (length == npos) return value.find('\0', i) != npos;
    for (std::size_t k = i; k < i + length; ++k) {
      if (value[k] == '\\')
        ++k;
      else if (value[k] == '\0')
        return true;
    }
    i += length - 1;
  }
  return false;
}

bool is_version(std::string_view text) {
  if (text.size() < 7 || !base::equals_ignoring_case(text.substr(0, 4), "SIP/")) return false;
  const std::string_view number = text.substr(4);
  const auto dot = number.find('.');
  return dot != npos && dot > 0 && dot + 1 < number.size() &&
         characters::all(number.substr(0, dot), characters::digit) &&
         characters::all(number.substr(dot + 1), characters::digit);
}

bool is_version_2(std::string_view text) {
  return base::equals_ignoring_case(text, "SIP/2.0");
}

/// Every element of a list header, by `check(element) -> bool`.
template <class Check>
bool every(std::string_view value, Check check) {
  ListReader reader(value);
  while (const auto element = reader.next())
    if (!check(*element)) return false;
  return !reader.is_broken();
}

bool is_address(std::string_view value) {
  const auto address = parse_name_addr(value);
  return address && !address->any;
}

bool is_contact(std::string_view value) {
  const auto address = parse_name_addr(value);
  if (!address) return false;
  const auto expires = address->params.find("expires");
  // RFC 3261 §20.10 forgives what is no number at all; what does not fit is an attack or a defect.
  return !expires || !characters::all(*expires, characters::digit) || parse_number(*expires);
}

/// What is checked of a header's grammar for every message; the rest is read on demand.
bool is_well_formed(HeaderId id, std::string_view value) {
  switch (id) {
    case HeaderId::via:
      return every(value, [](std::string_view element) { return parse_via(element).has_value(); });
    case HeaderId::from:
    case HeaderId::to:
      return is_address(value);
    case HeaderId::contact:
      return every(value, is_contact);
    case HeaderId::route:
    case HeaderId::record_route:
    case HeaderId::path:
    case HeaderId::service_route:
      return every(value, is_address);
    case HeaderId::refer_to:
    case HeaderId::referred_by:
    case HeaderId::reply_to:
      return is_address(value);
    case HeaderId::cseq:
      return parse_cseq(value).has_value();
    case HeaderId::call_id:
      return !value.empty() && characters::all(value, characters::visible);
    case HeaderId::max_forwards:
      return parse_number(value, 255).has_value();
    case HeaderId::expires:
    case HeaderId::min_expires:
    case HeaderId::content_length:
    case HeaderId::rseq:
      return parse_number(value).has_value();
    default:
      return true;
  }
}

}  // namespace

/// One pass over the bytes: start line, header lines, then the rules that need them all. The first
/// complaint wins, but reading goes on, so that a refusal can carry Via, From, To, Call-ID, CSeq.
class Parser {
 public:
  Parser(std::string_view text, Framing framing) : framing_(framing) {
    while (text.starts_with("\r\n")) text.remove_prefix(2);  // RFC 3261 §7.5
    message_.buffer_.reserve(text.size() + 64);              // room for what stamp_source adds
    message_.buffer_ = text;
  }

  Parsed run() {
    if (message_.buffer_.empty()) return {};
    message_.headers_.reserve(24);
    read_start_line();
    if (is_sip_) read_headers();
    if (is_sip_) finish();
    return verdict();
  }

 private:
  using Place = Message::Place;

  void complain(int status, std::string_view why) {
    if (status_ != 0) return;
    status_ = status;
    why_ = why;
  }

  static Place place(std::size_t at, std::size_t length) {
    return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)};
  }
  Place place_of(std::string_view part) const {
    return place(static_cast<std::size_t>(part.data() - message_.buffer_.data()), part.size());
  }

  /// The line at `at_` without its end, and `at_` behind it. Complains of bare CR and LF (rule S7).
  std::string_view take_line() {
    const std::string_view rest = std::string_view(message_.buffer_).substr(at_);
    const auto newline = rest.find('\n');
    std::string_view line = rest.substr(0, newline);
    at_ += newline == npos ? rest.size() : newline + 1;
    if (newline == npos || !line.ends_with('\r')) {
      complain(400, "line does not end with CRLF");
      return line;
    }
    line.remove_suffix(1);
    if (line.contains('\r')) complain(400, "bare CR");
    return line;
  }

  void read_start_line() {
    const std::string_view line = take_line();
    const auto first = line.find(' ');
    if (first != npos && is_version(line.substr(0, first))) {
      read_status_line(line, first);
    } else {
      read_request_line(line, first);
    }
    if (line.contains('\0')) complain(400, "NUL in the start line");
  }

  void read_status_line(std::string_view line, std::size_t first) {
    is_response_ = true;
    is_sip_ = true;
    const std::string_view rest = line.substr(first + 1);
    const std::string_view code = rest.substr(0, rest.find(' '));
    const auto status = base::parse_unsigned(code);
    if (!is_version_2(line.substr(0, first)) || code.size() != 3 || !status || *status < 100 ||
        *status > 699) {
      complain(400, "status line is broken");
      return;
    }
    message_.status_ = static_cast<int>(*status);
    message_.uri_at_ = place_of(rest.substr(std::min(code.size() + 1, rest.size())));
  }

  void read_request_line(std::string_view line, std::size_t first) {
    const auto last = line.rfind(' ');
    is_sip_ = line.contains(" SIP/") || (last != npos && is_version(line.substr(last + 1)));
    if (!is_sip_) return;
    const std::string_view method = line.substr(0, first);
    message_.method_at_ = place_of(method);
    message_.method_ = method_from(method);
    if (!is_token(method)) complain(400, "method is no token");
    const std::string_view version = line.substr(last + 1);
    if (first == last || !is_version(version)) {
      complain(400, "request line is broken");
      return;
    }
    const std::string_view uri = line.substr(first + 1, last - first - 1);
    message_.uri_at_ = place_of(uri);
    if (!is_version_2(version)) complain(505, "SIP version is not 2.0");
    const auto scan = scan_uri(uri);
    if (!scan) complain(400, "Request-URI is broken");
    // RFC 3261 §19.1.1 allows no headers here, and we would not follow them (rule S2).
    if (scan && !scan->headers.empty()) complain(400, "Request-URI holds headers");
  }

  void read_headers() {
    while (true) {
      const std::size_t line_at = at_;
      const std::string_view line = take_line();
      if (line.empty()) {
        // The empty line, or the end of the bytes, about which take_line has complained.
        header_end_ = at_;
        return;
      }
      if (message_.headers_.size() >= max_headers || at_ > max_header_bytes) {
        complain(513, "too many headers, or too long ones");
        header_end_ = message_.buffer_.size();
        return;
      }
      if (!characters::is_space(line.front())) {
        read_header(line);
      } else if (message_.headers_.empty()) {
        complain(400, "the start line is folded");
      } else {
        unfold(line_at, line);
      }
    }
  }

  void read_header(std::string_view line) {
    const auto colon = line.find(':');
    const std::string_view name = trim(line.substr(0, colon));
    if (colon == npos || !is_token(name)) {
      complain(400, "header line without a name");
      return;
    }
    const std::string_view value = trim(line.substr(colon + 1));
    message_.headers_.push_back({header_id(name), place_of(name), place_of(value)});
  }

  /// RFC 3261 §7.3.1: the line goes on, as if CR, LF and the white space were blanks.
  void unfold(std::size_t line_at, std::string_view line) {
    message_.buffer_[line_at - 1] = ' ';
    if (message_.buffer_[line_at - 2] == '\r') message_.buffer_[line_at - 2] = ' ';
    Place& value = message_.headers_.back().value;
    const std::string_view whole =
        std::string_view(message_.buffer_).substr(value.at, line_at + line.size() - value.at);
    value = place_of(trim(whole));
  }

  void finish() {
    check_lines();
    check_mandatory();
    read_body();
    if (message_.buffer_.size() > limit()) complain(513, "message is too large");
  }

  std::size_t limit() const {
    return framing_ == Framing::datagram ? max_datagram_message : max_stream_message;
  }

  void check_lines() {
    std::array<bool, 256> seen{};
    const bool has_nul = std::memchr(message_.buffer_.data(), 0, header_end_) != nullptr;
    for (const Message::Line& line : message_.headers_) {
      const std::string_view value = message_.view(line.value);
      bool& repeated = seen[static_cast<std::size_t>(line.id)];
      if (repeated && is_single(line.id)) complain(400, "single header repeated");
      repeated = true;
      if (has_nul && holds_bare_nul(value)) complain(400, "NUL in a header");
      if (!is_well_formed(line.id, value)) complain(400, broken_header(line.id));
    }
    for (const HeaderId id :
         {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id, HeaderId::cseq})
      if (!seen[static_cast<std::size_t>(id)]) complain(400, "mandatory header missing");
    if (framing_ == Framing::stream && !seen[static_cast<std::size_t>(HeaderId::content_length)])
      complain(400, "no Content-Length on a stream");
  }

  static std::string broken_header(HeaderId id) {
    return std::string(to_string(id)) + " is broken";
  }

  void check_mandatory() {
    const auto cseq = message_.cseq();
    if (!is_response_ && cseq && cseq->method_view != message_.method_name())
      complain(400, "CSeq has another method");
  }

  void read_body() {
    const std::size_t available = message_.buffer_.size() - header_end_;
    std::size_t length = available;
    if (const auto value = message_.header(HeaderId::content_length)) {
      const auto number = parse_number(*value);
      if (number && *number > available) complain(400, "body is shorter than Content-Length");
      if (number) length = std::min<std::size_t>(*number, available);
    }
    message_.body_at_ = place(header_end_, length);
    message_.buffer_.resize(header_end_ + length);  // a second message in the datagram: not ours
  }

  Parsed verdict() {
    Parsed parsed;
    parsed.why = std::move(why_);
    const bool is_dropped = !is_sip_ || (status_ != 0 && (is_response_ || !is_answerable()));
    if (is_dropped) return parsed;
    parsed.kind = status_ == 0 ? Parsed::Kind::message : Parsed::Kind::refuse;
    parsed.status = status_;
    parsed.message = std::move(message_);
    return parsed;
  }

  /// An ACK is never answered (RFC 3261 §17), nor is what has no Via.
  bool is_answerable() const {
    return message_.method_ != Method::ack && message_.header(HeaderId::via).has_value();
  }

  Framing framing_;
  Message message_;
  std::size_t at_ = 0;
  std::size_t header_end_ = 0;
  bool is_response_ = false;
  bool is_sip_ = false;
  int status_ = 0;
  std::string why_;
};

Parsed parse(std::string_view text, Framing framing) {
  return Parser(text, framing).run();
}
Parsed parse(std::span<const std::byte> bytes, Framing framing) {
  return parse(base::as_text(bytes), framing);
}

}  // namespace belfry::sip
