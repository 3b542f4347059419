#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "http/message.hpp"

namespace belfry::http {

/// The writing end of a stream of server-sent events (WHATWG HTML §9.2). The reading end is the
/// response that `open` gives; the server destroys it when the client has gone, and the client is
/// dropped when 1 MiB waits for it (rule H2). A comment goes out after 15 s of silence.
/// Moveable, one thread. Destroying the writer ends the stream.
class EventStream {
 public:
  static constexpr std::size_t max_queued_bytes = 1 << 20;

  explicit EventStream(base::Loop& loop);
  EventStream(EventStream&&) noexcept;
  EventStream& operator=(EventStream&&) noexcept;
  ~EventStream();

  /// The answer of the handler; once.
  Response open();
  /// @param data may have several lines; @param event and @param id none.
  /// @return false when nobody listens any more.
  bool send(std::string_view data, std::string_view event = {}, std::string_view id = {});
  /// Ends the response after what is queued.
  void close();
  bool is_open() const;
  /// Runs once, as work of the loop, when the client has gone or was dropped.
  void on_closed(std::function<void()> closed);

 private:
  struct State;
  struct Body;
  std::shared_ptr<State> state_;  // shared by the writer and the response's body
};

}  // namespace belfry::http
