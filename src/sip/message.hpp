#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sip/header.hpp"
#include "sip/uri.hpp"

namespace belfry::sip {

/// A SIP request or response (RFC 3261 §7): one owned buffer and the places of its headers in it.
/// Immutable; made by `parse` or `MessageBuilder`. Copy and move freely: places are offsets. Views
/// that it hands out live as long as the message and are not moved with it.
/// What `parse` returned as whole has been checked: start line, exactly one From, To, Call-ID and
/// CSeq, at least one Via, and the grammar of Via, From, To, CSeq, Contact, Route, Record-Route,
/// Max-Forwards, Expires, Content-Length. Accessors of those can still fail on a broken message.
class Message {
 public:
  struct Header {
    HeaderId id;
    std::string_view name;   // as written
    std::string_view value;  // trimmed, folds undone
  };

  bool is_request() const { return status_ == 0; }
  Method method() const { return method_; }  // of a response: Method::other, see cseq()
  std::string_view method_name() const { return view(method_at_); }
  std::string_view request_uri_text() const { return view(uri_at_); }
  [[nodiscard]] base::Result<Uri> request_uri() const { return Uri::parse(request_uri_text()); }
  int status() const { return status_; }  // 0 for a request
  std::string_view reason() const { return view(uri_at_); }

  /// First value of that header, whole line; nothing when absent.
  std::optional<std::string_view> header(HeaderId id) const;
  /// By name, for headers without an id; any case.
  std::optional<std::string_view> header(std::string_view name) const;
  std::size_t count(HeaderId id) const;
  std::size_t header_count() const { return headers_.size(); }
  Header header_at(std::size_t index) const;
  /// All values in order, lists split at their commas: Via, Route, Contact, Supported, Allow ...
  /// Not for Authorization and its kin, whose commas mean something else: see `lines`.
  [[nodiscard]] base::Result<std::vector<std::string_view>> values(HeaderId id) const;
  /// All lines of that header, unsplit.
  std::vector<std::string_view> lines(HeaderId id) const;
  /// True when the comma-separated list has this token, any case: `has_option(supported,
  /// "100rel")`.
  bool has_option(HeaderId id, std::string_view token) const;

  [[nodiscard]] base::Result<Via> top_via() const;
  [[nodiscard]] base::Result<std::vector<Via>> vias() const;
  [[nodiscard]] base::Result<NameAddr> from() const;
  [[nodiscard]] base::Result<NameAddr> to() const;
  std::string from_tag() const;  // empty when there is none or From is broken
  std::string to_tag() const;
  std::string_view call_id() const { return header(HeaderId::call_id).value_or(""); }
  [[nodiscard]] base::Result<CSeq> cseq() const;
  [[nodiscard]] base::Result<std::vector<NameAddr>> contacts() const;
  [[nodiscard]] base::Result<std::vector<NameAddr>> routes() const;
  [[nodiscard]] base::Result<std::vector<NameAddr>> record_routes() const;
  std::optional<std::uint32_t> max_forwards() const { return number(HeaderId::max_forwards); }
  std::optional<std::uint32_t> expires() const { return number(HeaderId::expires); }
  std::optional<std::uint32_t> min_se() const;
  std::optional<SessionExpires> session_expires() const;
  /// A header that is one number; parameters and comments behind it are ignored (`Retry-After`).
  std::optional<std::uint32_t> number(HeaderId id) const;

  std::string_view body() const { return view(body_at_); }
  /// Lower case, without parameters: `application/sdp`. Empty when there is none.
  std::string content_type() const;
  /// The body if its type is this one. Errors: Errc::unsupported for another type, Errc::not_found
  /// when there is no body.
  [[nodiscard]] base::Result<std::string_view> body_of_type(std::string_view type) const;

  /// The whole message as it goes on the wire.
  std::string_view text() const { return buffer_; }
  std::span<const std::byte> bytes() const;

 private:
  friend class Parser;
  friend class MessageBuilder;
  friend Message with_top_header(const Message& message, HeaderId id, std::string_view value);
  friend void stamp_source(Message& request, std::string_view address, std::uint16_t port);
  struct Place {
    std::uint32_t at = 0, length = 0;
  };
  struct Line {
    HeaderId id;
    Place name, value;
  };
  std::string_view view(Place place) const {
    return std::string_view(buffer_).substr(place.at, place.length);
  }
  base::Result<std::vector<NameAddr>> name_addrs(HeaderId id) const;
  /// Puts `text` in the place of `length` bytes at `at` and moves what lies behind.
  void splice(std::size_t at, std::size_t length, std::string_view text);

  std::string buffer_;
  std::vector<Line> headers_;
  Place method_at_, uri_at_, body_at_;
  int status_ = 0;
  Method method_ = Method::other;
};

inline std::string_view serialize(const Message& message) {
  return message.text();
}

/// What came of the bytes.
struct Parsed {
  enum class Kind {
    message,  // whole and checked
    refuse,   // a broken request: answer `status`; `message` holds the headers that could be read
    drop,     // a broken response, or nothing that could be answered (no Via, not SIP, keep-alive)
  };
  Kind kind = Kind::drop;
  Message message;
  int status = 0;   // 400, 505 or 513 when refused
  std::string why;  // for the log and the reason phrase; never bytes of the sender
};

enum class Framing {
  datagram,  // the body is cut at Content-Length, a shorter one is an error; at most 16 KiB
  stream,    // as cut out by StreamFramer; Content-Length required; at most 64 KiB
};

/// Limits of one message (bytes, lines).
inline constexpr std::size_t max_datagram_message = 16 * 1024;
inline constexpr std::size_t max_stream_message = 64 * 1024;
inline constexpr std::size_t max_header_bytes = 32 * 1024;
inline constexpr std::size_t max_headers = 200;

/// Reads one message (RFC 3261 §7, §18.3; strictness of rule S7). Never throws; knows no state.
[[nodiscard]] Parsed parse(std::span<const std::byte> bytes, Framing framing);
[[nodiscard]] Parsed parse(std::string_view text, Framing framing);

/// Writes a message. Whatever is handed in cannot break out of its line: control bytes become
/// spaces (rule S7). Content-Length is written by `build`; do not add it. Header order is call
/// order.
class MessageBuilder {
 public:
  static MessageBuilder request(std::string_view method, std::string_view uri);
  static MessageBuilder request(Method method, const Uri& uri) {
    return request(to_string(method), uri.to_string());
  }
  /// @param status 100..699; an empty reason becomes the standard phrase
  static MessageBuilder response(int status, std::string_view reason = {});

  /// A broken name (not a token) is an assertion: names come from us.
  MessageBuilder& add(std::string_view name, std::string_view value);
  MessageBuilder& add(HeaderId id, std::string_view value) { return add(to_string(id), value); }
  MessageBuilder& add(HeaderId id, std::uint64_t number);
  /// Every line of that header in `from`, in order.
  MessageBuilder& copy(const Message& from, HeaderId id);
  /// Replaces the body; adds Content-Type with it.
  MessageBuilder& body(std::string_view content_type, std::string_view bytes);
  /// Ends the builder: it is empty afterwards.
  [[nodiscard]] Message build();

 private:
  MessageBuilder() = default;
  Message message_;
  std::string content_type_, body_;
};

/// The standard reason phrase, e.g. "Busy Here"; that of the class (x00) for unknown codes.
std::string_view reason_phrase(int status);

/// A response to `request`, which may be a broken one: Via, From, To, Call-ID, CSeq as they came
/// (re-encoded), Record-Route too on 101..299 (RFC 3261 §8.2.6.2, §12.1.1); Timestamp on 100.
/// `to_tag` is added when To has no tag and the status is not 100. Go on with add/body, then build.
[[nodiscard]] MessageBuilder response_to(
    const Message& request, int status, std::string_view to_tag, std::string_view reason = {}
);

/// The same message with one more header line on top (a Via, usually).
[[nodiscard]] Message with_top_header(const Message& message, HeaderId id, std::string_view value);

/// Writes into the top Via where the packet came from: `received`, and the value of `rport` when
/// the sender put one there (RFC 3261 §18.2.1, RFC 3581). What the sender wrote as `received` goes
/// (rule S3). A Via that does not parse stays as it is.
/// @param address numeric, IPv6 without brackets
void stamp_source(Message& request, std::string_view address, std::uint16_t port);

}  // namespace belfry::sip
