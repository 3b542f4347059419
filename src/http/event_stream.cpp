#include "http/event_stream.hpp"

#include "base/text.hpp"
#include "base/wait.hpp"

namespace belfry::http {

using base::Task;
using namespace std::chrono_literals;

struct EventStream::State {
  explicit State(base::Loop& on) : loop(on), queue(on) {}

  void end() {
    if (!open) return;
    open = false;
    if (closed) loop.post(std::exchange(closed, {}));
  }

  base::Loop& loop;
  base::Mailbox<std::string> queue;  // an empty piece is the end
  std::size_t queued = 0;
  bool open = true;
  std::function<void()> closed;
};

struct EventStream::Body final : BodyStream {
  explicit Body(std::shared_ptr<State> of) : state(std::move(of)) {}
  ~Body() override { state->end(); }

  static Task<std::string> pop(std::shared_ptr<State> from) {
    std::string piece = co_await from->queue.pop();
    co_return piece;
  }
  Task<std::optional<std::string>> next() override {
    auto from = state;
    Task<std::string> popping = pop(from);
    auto waiting = base::with_time_limit(from->loop, std::move(popping), 15s);
    std::optional<std::string> piece = co_await std::move(waiting);
    if (!piece) co_return ": keep-alive\n\n";
    if (piece->empty()) co_return std::nullopt;
    from->queued -= piece->size();
    co_return piece;
  }

  std::shared_ptr<State> state;
};

EventStream::EventStream(base::Loop& loop) : state_(std::make_shared<State>(loop)) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&& other) noexcept {
  close();
  state_ = std::move(other.state_);
  return *this;
}
EventStream::~EventStream() {
  close();
}

Response EventStream::open() {
  Response response = empty(200);
  response.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");
  response.stream = std::make_unique<Body>(state_);
  return response;
}

bool EventStream::send(std::string_view data, std::string_view event, std::string_view id) {
  if (!is_open()) return false;
  std::string piece;
  if (!id.empty()) piece += "id: " + std::string(id) + "\n";
  if (!event.empty()) piece += "event: " + std::string(event) + "\n";
  for (std::string_view line : base::split(data, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    piece += "data: " + std::string(line) + "\n";
  }
  piece += '\n';
  if (piece.size() > max_queued_bytes - state_->queued) {
    state_->queue.clear();
    state_->queue.push({});
    state_->end();
    return false;
  }
  state_->queued += piece.size();
  state_->queue.push(std::move(piece));
  return true;
}

void EventStream::close() {
  if (!state_ || !state_->open) return;
  state_->closed = {};
  state_->end();
  state_->queue.push({});
}

bool EventStream::is_open() const {
  return state_ && state_->open;
}

void EventStream::on_closed(std::function<void()> closed) {
  state_->closed = std::move(closed);
}

}  // namespace belfry::http
