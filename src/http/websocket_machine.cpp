#include "http/websocket_machine.hpp"

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::http {
namespace {

constexpr std::uint64_t max_control_payload = 125;
constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t two_byte_length = 126;
constexpr std::uint8_t eight_byte_length = 127;

void apply_mask(std::uint32_t mask, std::string& payload, std::size_t from = 0) {
  for (std::size_t i = from; i < payload.size(); ++i) {
    const auto shift = 24 - 8 * ((i - from) % 4);
    payload[i] = static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ (mask >> shift & 0xFFU));
  }
}

}  // namespace

bool is_valid_close_code(std::uint16_t code) {
  if (code >= 1000 && code <= 1015)
    return code != 1004 && code != 1005 && code != 1006 && code != 1015;
  return code >= 3000 && code <= 4999;
}

void WebSocketMachine::handle_bytes(std::string_view bytes) {
  if (state_ == State::closed) return;
  inbox_ += bytes;
  std::size_t taken = 0;
  while (state_ != State::closed) {
    const std::string_view rest = std::string_view(inbox_).substr(taken);
    const std::optional<Frame> frame = read_header(rest);
    if (!frame || !is_acceptable(*frame)) break;
    if (rest.size() - frame->header_size < frame->payload_size) break;
    std::string payload(rest.substr(frame->header_size, frame->payload_size));
    if (settings_.role == Role::server) apply_mask(frame->mask, payload);
    taken += frame->header_size + payload.size();
    handle_frame(*frame, std::move(payload));
  }
  if (state_ == State::closed) {
    inbox_.clear();
  } else {
    inbox_.erase(0, taken);
  }
}

void WebSocketMachine::handle_end() {
  if (state_ != State::closed) end({CloseCode::abnormal, "the connection ended", false});
}

std::optional<WebSocketMachine::Frame> WebSocketMachine::read_header(std::string_view bytes) {
  base::ByteReader reader(base::as_bytes(bytes));
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  if (!reader.ok()) return std::nullopt;
  // As early as it can be seen: a peer that speaks something else must not be waited for.
  if ((first & reserved_bits) != 0) {
    refuse(CloseCode::protocol_error, "a reserved bit is set");
    return std::nullopt;
  }
  const bool masked = (second & mask_bit) != 0;
  if (masked != (settings_.role == Role::server)) {
    refuse(CloseCode::protocol_error, masked ? "a server must not mask" : "a client must mask");
    return std::nullopt;
  }
  Frame frame;
  frame.final = (first & final_bit) != 0;
  frame.opcode = first & opcode_bits;
  frame.payload_size = second & static_cast<std::uint8_t>(~mask_bit);
  std::uint64_t least = 0;
  if (frame.payload_size == two_byte_length) {
    frame.payload_size = reader.u16();
    least = two_byte_length;
  } else if (frame.payload_size == eight_byte_length) {
    frame.payload_size = reader.u64();
    least = 0x10000;
  }
  if (masked) frame.mask = reader.u32();
  if (!reader.ok()) return std::nullopt;
  if (frame.payload_size < least || frame.payload_size >> 63U != 0) {
    refuse(CloseCode::protocol_error, "a length is not written as the standard asks");
    return std::nullopt;
  }
  frame.header_size = bytes.size() - reader.left();
  return frame;
}

/// Before a byte of the payload is waited for: no claimed length may cost memory.
bool WebSocketMachine::is_acceptable(const Frame& frame) {
  switch (Opcode{frame.opcode}) {
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (frame.final && frame.payload_size <= max_control_payload) return true;
      refuse(CloseCode::protocol_error, "a control frame is fragmented or too long");
      return false;
    case Opcode::more:
    case Opcode::text:
    case Opcode::binary:
      if ((Opcode{frame.opcode} == Opcode::more) != message_kind_.has_value()) {
        refuse(CloseCode::protocol_error, "fragments out of order");
        return false;
      }
      if (frame.payload_size > settings_.max_message - message_.size()) {
        refuse(CloseCode::too_big, "the message is too long");
        return false;
      }
      return true;
  }
  refuse(CloseCode::protocol_error, "unknown opcode");
  return false;
}

void WebSocketMachine::handle_frame(const Frame& frame, std::string payload) {
  switch (Opcode{frame.opcode}) {
    case Opcode::close:
      return handle_close(payload);
    case Opcode::ping:
      if (state_ == State::open) pong_ = std::move(payload);
      return;
    case Opcode::pong:
      return;
    case Opcode::more:
    case Opcode::text:
    case Opcode::binary:
      return handle_data(frame, std::move(payload));
  }
}

void WebSocketMachine::handle_data(const Frame& frame, std::string payload) {
  if (!message_kind_) message_kind_ = Opcode{frame.opcode};
  message_ += payload;
  if (!frame.final) return;
  const bool binary = *message_kind_ == Opcode::binary;
  message_kind_.reset();
  Message message{std::exchange(message_, {}), binary};
  if (state_ != State::open) return;
  if (!binary && !base::is_valid_utf8(message.data))
    return refuse(CloseCode::bad_text, "text that is not UTF-8");
  events_.emplace_back(std::move(message));
}

void WebSocketMachine::handle_close(const std::string& payload) {
  Closed closed{CloseCode::none, {}, true};
  if (payload.size() == 1) return refuse(CloseCode::protocol_error, "half a close code");
  if (payload.size() >= 2) {
    base::ByteReader reader(base::as_bytes(payload));
    closed.code = reader.u16();
    closed.reason = payload.substr(2);
    if (!is_valid_close_code(closed.code))
      return refuse(CloseCode::protocol_error, "a close code that must not be sent");
    if (!base::is_valid_utf8(closed.reason))
      return refuse(CloseCode::bad_text, "a close reason that is not UTF-8");
  }
  if (state_ == State::open) {
    close_frame_.emplace();
    write(Opcode::close, payload.substr(0, 2), *close_frame_);
  }
  end(std::move(closed));
}

void WebSocketMachine::refuse(std::uint16_t code, std::string_view why) {
  close(code, why);
  end({code, std::string(why), false});
}

void WebSocketMachine::end(Closed closed) {
  state_ = State::closed;
  message_ = {};
  events_.emplace_back(std::move(closed));
}

bool WebSocketMachine::send_text(std::string_view text) {
  return send_message(Opcode::text, text);
}
bool WebSocketMachine::send_binary(std::string_view data) {
  return send_message(Opcode::binary, data);
}

bool WebSocketMachine::send_message(Opcode opcode, std::string_view data) {
  if (state_ != State::open) return false;
  const std::size_t room = settings_.max_queued - std::min(settings_.max_queued, outbox_.size());
  if (data.size() > room) return false;
  write(opcode, data, outbox_);
  return true;
}

void WebSocketMachine::ping() {
  if (state_ == State::open) write(Opcode::ping, {}, outbox_);
}

void WebSocketMachine::close(std::uint16_t code, std::string_view reason) {
  if (state_ != State::open) return;
  state_ = State::closing;
  std::string payload;
  payload += static_cast<char>(code >> 8U);
  payload += static_cast<char>(code & 0xFFU);
  payload += base::truncate_utf8(reason, max_control_payload - payload.size());
  close_frame_.emplace();
  write(Opcode::close, payload, *close_frame_);
}

void WebSocketMachine::write(Opcode opcode, std::string_view payload, std::string& into) {
  const bool masks = settings_.role == Role::client;
  const auto mask_flag = static_cast<std::uint8_t>(masks ? mask_bit : 0);
  std::array<std::byte, 14> header{};
  base::ByteWriter writer(header);
  writer.u8(static_cast<std::uint8_t>(final_bit | static_cast<std::uint8_t>(opcode)));
  if (payload.size() < two_byte_length) {
    writer.u8(static_cast<std::uint8_t>(mask_flag | payload.size()));
  } else if (payload.size() < 0x10000) {
    writer.u8(mask_flag | two_byte_length);
    writer.u16(static_cast<std::uint16_t>(payload.size()));
  } else {
    writer.u8(mask_flag | eight_byte_length);
    writer.u64(payload.size());
  }
  const auto mask = static_cast<std::uint32_t>(random_.next());
  if (masks) writer.u32(mask);
  into += base::as_text(writer.written());
  const std::size_t begin = into.size();
  into += payload;
  if (masks) apply_mask(mask, into, begin);
}

std::string WebSocketMachine::poll_transmit() {
  std::string bytes = std::exchange(outbox_, {});
  if (pong_ && !close_frame_) write(Opcode::pong, *pong_, bytes);
  pong_.reset();
  if (close_frame_) bytes += *std::exchange(close_frame_, std::nullopt);
  return bytes;
}

std::optional<WebSocketMachine::Event> WebSocketMachine::poll_event() {
  if (events_.empty()) return std::nullopt;
  std::optional<Event> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace belfry::http
