#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/random.hpp"

namespace belfry::http {

/// Status codes of a closing handshake (RFC 6455 §7.4.1).
struct CloseCode {
  static constexpr std::uint16_t normal = 1000;
  static constexpr std::uint16_t going_away = 1001;
  static constexpr std::uint16_t protocol_error = 1002;
  static constexpr std::uint16_t none = 1005;      // a close frame without a code; never sent
  static constexpr std::uint16_t abnormal = 1006;  // the connection ended without one; never sent
  static constexpr std::uint16_t bad_text = 1007;
  static constexpr std::uint16_t too_big = 1009;
};

/// The frames of one WebSocket after its handshake (RFC 6455 §5 to §7), either end, without I/O:
/// bytes in, messages out, and the other way round. Strict by rule X1: what the RFC forbids ends
/// the socket with 1002, text that is no UTF-8 with 1007, a message above the limit with 1009.
/// Extensions are not spoken. Reads no clock.
///
/// Memory: one message as it arrives, bounded by `max_message` whatever lengths a peer claims, and
/// `max_queued` bytes that wait to be sent. Of unanswered pings only the last gets its pong.
class WebSocketMachine {
 public:
  enum class Role { client, server };  // a client's frames are masked, a server's are not
  struct Settings {
    Role role = Role::client;
    std::size_t max_message = 64 << 10;
    std::size_t max_queued = 1 << 20;
  };
  struct Message {
    std::string data;
    bool binary = false;
  };
  /// The last event. `code` is the peer's, or ours when the peer broke a rule.
  struct Closed {
    std::uint16_t code = CloseCode::abnormal;
    std::string reason;
    bool by_peer = false;  // with a close frame
  };
  using Event = std::variant<Message, Closed>;

  /// @param random makes a client's masks; outlives this.
  WebSocketMachine(Settings settings, base::Random& random)
      : settings_(settings), random_(random) {}

  void handle_bytes(std::string_view bytes);
  /// The connection has ended.
  void handle_end();

  /// @return false when it is closing, or too much waits: nothing was queued then.
  bool send_text(std::string_view text);
  bool send_binary(std::string_view data);
  void ping();
  /// Says goodbye; what was queued goes first. What still arrives is dropped, `Closed` follows.
  void close(std::uint16_t code, std::string_view reason = {});

  /// Everything that is to be written now.
  std::string poll_transmit();
  std::optional<Event> poll_event();

  /// No frame but the rest of the closing handshake will be sent.
  bool closing() const { return state_ != State::open; }
  bool closed() const { return state_ == State::closed; }
  std::size_t queued() const { return outbox_.size(); }

 private:
  enum class State { open, closing, closed };  // closing: our close frame is queued
  enum class Opcode : std::uint8_t {
    more = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10
  };
  struct Frame {
    bool final = false;
    std::uint8_t opcode = 0;
    std::uint64_t payload_size = 0;
    std::size_t header_size = 0;
    std::uint32_t mask = 0;
  };

  /// Nothing: more bytes are needed, or the frame was refused.
  std::optional<Frame> read_header(std::string_view bytes);
  bool is_acceptable(const Frame& frame);
  void handle_frame(const Frame& frame, std::string payload);
  void handle_data(const Frame& frame, std::string payload);
  void handle_close(const std::string& payload);
  void refuse(std::uint16_t code, std::string_view why);
  void end(Closed closed);
  bool send_message(Opcode opcode, std::string_view data);
  void write(Opcode opcode, std::string_view payload, std::string& into);

  Settings settings_;
  base::Random& random_;
  State state_ = State::open;
  std::string inbox_;
  std::string message_;
  std::optional<Opcode> message_kind_;  // of the message whose fragments arrive
  std::string outbox_;
  std::optional<std::string> pong_;
  std::optional<std::string> close_frame_;
  std::deque<Event> events_;
};

/// May stand in a close frame on the wire (RFC 6455 §7.4, rule X1): registered codes, or 3000 to
/// 4999 for applications.
bool is_valid_close_code(std::uint16_t code);

}  // namespace belfry::http
