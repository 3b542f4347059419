#include "http/websocket_stream.hpp"

namespace belfry::http {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

namespace {

constexpr base::Duration ping_after = 20s;     // of silence
constexpr base::Duration give_up_after = 60s;  // of silence
constexpr base::Duration write_time = 60s;     // for what one write holds, 1 MiB at most

}  // namespace

WebSocketStream::WebSocketStream(
    base::Loop& loop, base::Random& random, net::ByteStream stream, Terms terms
)
    : loop_(loop),
      stream_(std::move(stream)),
      machine_({terms.role, terms.max_message, 1 << 20}, random),
      last_heard_(loop.now()),
      to_write_(loop),
      tasks_(loop) {
  tasks_.spawn(write_all());
}

void WebSocketStream::leave(std::uint16_t code) {
  machine_.close(code);
  wake_writer();
}

Task<Result<std::string>> WebSocketStream::receive() {
  while (true) {
    if (auto event = machine_.poll_event()) {
      if (auto* message = std::get_if<WebSocketMachine::Message>(&*event))
        co_return std::move(message->data);
      ended_ = std::get<WebSocketMachine::Closed>(*event);
      wake_writer();
    }
    if (ended_) co_return fail(Errc::cancelled, ended_->reason, ended_->code);
    Task<void> reading = read_some();
    co_await std::move(reading);
  }
}

bool WebSocketStream::send(std::string_view text) {
  const bool queued = machine_.send_text(text);
  if (queued) wake_writer();
  return queued;
}

Task<void> WebSocketStream::close(std::uint16_t code, base::Instant deadline) {
  leave(code);
  Task<void> parting = until_closed();
  auto limited = base::with_time_limit(loop_, std::move(parting), deadline - loop_.now());
  co_await std::move(limited);
  stream_.close();
}

Task<void> WebSocketStream::read_some() {
  const base::Instant quiet_until = last_heard_ + (pinged_ ? give_up_after : ping_after);
  Task<Result<std::string>> reading = stream_.read(quiet_until);
  const Result<std::string> bytes = co_await std::move(reading);
  if (bytes && !bytes->empty()) {
    last_heard_ = loop_.now();
    pinged_ = false;
    machine_.handle_bytes(*bytes);
  } else if (!bytes && bytes.error().code == Errc::timed_out && !pinged_) {
    pinged_ = true;
    machine_.ping();
  } else {
    machine_.handle_end();
  }
  wake_writer();  // a pong, a goodbye
}

Task<void> WebSocketStream::until_closed() {
  while (true) {
    Task<Result<std::string>> receiving = receive();
    const Result<std::string> message = co_await std::move(receiving);
    if (!message) break;
  }
  if (!writing_) co_return;
  written_.emplace(loop_);  // the reply to the peer's close frame is on its way
  co_await written_->wait();
}

void WebSocketStream::wake_writer() {
  if (std::exchange(writing_, true)) return;
  to_write_.push({});
}

Task<void> WebSocketStream::write_all() {
  while (true) {
    co_await to_write_.pop();
    std::string bytes = machine_.poll_transmit();
    while (!bytes.empty()) {
      Task<Result<void>> writing = stream_.write(std::move(bytes), loop_.now() + write_time);
      const Result<void> written = co_await std::move(writing);
      if (!written) {
        machine_.handle_end();
        stream_.close();
        break;
      }
      bytes = machine_.poll_transmit();
    }
    writing_ = false;
    if (written_) written_->set();
  }
}

}  // namespace belfry::http
