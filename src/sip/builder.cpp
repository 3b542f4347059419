#include <cassert>

#include "base/text.hpp"
#include "sip/characters.hpp"
#include "sip/message.hpp"

namespace belfry::sip {
namespace {

/// What may stand in a start line: no control bytes, and no white space unless it is a phrase.
void append_word(std::string& to, std::string_view word) {
  for (const char character : word)
    if (characters::is(character, characters::visible)) to += character;
}

/// To, with our tag when it has none. A To that does not parse is echoed without one.
std::string tagged(std::string_view to, std::string_view tag) {
  std::string value(to);
  const auto address = parse_name_addr(to);
  if (tag.empty() || !address || address->params.has("tag")) return value;
  value += ";tag=";
  value += tag;
  return value;
}

/// Only the first line counts: a second one made the request broken (RFC 4475 multi01).
void echo_first(MessageBuilder& builder, const Message& request, HeaderId id) {
  if (const auto value = request.header(id)) builder.add(id, *value);
}

}  // namespace

MessageBuilder MessageBuilder::request(std::string_view method, std::string_view uri) {
  MessageBuilder builder;
  Message& message = builder.message_;
  message.buffer_.reserve(1024);
  message.headers_.reserve(16);
  append_word(message.buffer_, method);
  message.method_at_ = {0, static_cast<std::uint32_t>(message.buffer_.size())};
  message.method_ = method_from(message.view(message.method_at_));
  message.buffer_ += ' ';
  const std::size_t at = message.buffer_.size();
  append_word(message.buffer_, uri);
  message.uri_at_ = {
      static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(message.buffer_.size() - at)
  };
  message.buffer_ += " SIP/2.0\r\n";
  return builder;
}

MessageBuilder MessageBuilder::response(int status, std::string_view reason) {
  assert(status >= 100 && status <= 699);
  MessageBuilder builder;
  Message& message = builder.message_;
  message.buffer_.reserve(1024);
  message.headers_.reserve(16);
  message.status_ = status;
  message.buffer_ = "SIP/2.0 " + std::to_string(status) + ' ';
  const std::string phrase = one_line(reason.empty() ? reason_phrase(status) : reason);
  message.uri_at_ = {
      static_cast<std::uint32_t>(message.buffer_.size()), static_cast<std::uint32_t>(phrase.size())
  };
  message.buffer_ += phrase;
  message.buffer_ += "\r\n";
  return builder;
}

MessageBuilder& MessageBuilder::add(std::string_view name, std::string_view value) {
  assert(is_token(name));
  std::string& buffer = message_.buffer_;
  Message::Line line{header_id(name), {}, {}};
  line.name = {static_cast<std::uint32_t>(buffer.size()), static_cast<std::uint32_t>(name.size())};
  buffer += name;
  buffer += ": ";
  value = characters::trim(value);
  line.value = {
      static_cast<std::uint32_t>(buffer.size()), static_cast<std::uint32_t>(value.size())
  };
  buffer += value;
  for (std::size_t i = line.value.at; i < buffer.size(); ++i)
    if (characters::is_control(buffer[i]) && buffer[i] != '\t') buffer[i] = ' ';  // rule S7
  buffer += "\r\n";
  message_.headers_.push_back(line);
  return *this;
}

MessageBuilder& MessageBuilder::add(HeaderId id, std::uint64_t number) {
  return add(to_string(id), std::to_string(number));
}

MessageBuilder& MessageBuilder::copy(const Message& from, HeaderId id) {
  assert(id != HeaderId::other);
  for (std::size_t i = 0; i < from.header_count(); ++i) {
    const Message::Header header = from.header_at(i);
    if (header.id == id) add(id, header.value);
  }
  return *this;
}

MessageBuilder& MessageBuilder::body(std::string_view content_type, std::string_view bytes) {
  content_type_ = content_type;
  body_ = bytes;
  return *this;
}

Message MessageBuilder::build() {
  if (!content_type_.empty()) add(HeaderId::content_type, content_type_);
  add(HeaderId::content_length, body_.size());
  message_.buffer_ += "\r\n";
  message_.body_at_ = {
      static_cast<std::uint32_t>(message_.buffer_.size()), static_cast<std::uint32_t>(body_.size())
  };
  message_.buffer_ += body_;
  return std::exchange(message_, Message{});
}

MessageBuilder response_to(
    const Message& request, int status, std::string_view to_tag, std::string_view reason
) {
  MessageBuilder builder = MessageBuilder::response(status, reason);
  builder.copy(request, HeaderId::via);
  echo_first(builder, request, HeaderId::from);
  if (const auto to = request.header(HeaderId::to))
    builder.add(HeaderId::to, status == 100 ? std::string(*to) : tagged(*to, to_tag));
  echo_first(builder, request, HeaderId::call_id);
  echo_first(builder, request, HeaderId::cseq);
  if (status > 100 && status < 300) builder.copy(request, HeaderId::record_route);
  if (status == 100) echo_first(builder, request, HeaderId::timestamp);
  return builder;
}

}  // namespace belfry::sip
