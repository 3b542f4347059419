#include "net/tcp_connection.hpp"

#include "base/wait.hpp"

namespace belfry::net {

using base::Errc;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

namespace {
constexpr std::size_t max_queued_bytes = 1 << 20;
}

struct TcpConnection::State {
  State(Driver& driver, ByteStream from, Callbacks given)
      : loop(driver.loop()),
        stream(std::move(from)),
        callbacks(std::move(given)),
        outbox(loop),
        ready(loop),
        tasks(loop) {
    tasks.spawn(read_all(*this));
    tasks.spawn(write_all(*this));
  }

  void end(const base::Error& why) {
    if (closed) return;
    closed = true;
    stream.close();
    tasks.cancel();
    calling = true;
    if (callbacks.closed) callbacks.closed(why);
    calling = false;
  }

  static Task<void> read_all(State& self) {
    Task<Result<void>> greeting = self.stream.handshake(self.loop.now() + 10s);
    const Result<void> greeted = co_await std::move(greeting);
    if (!greeted) {
      self.end(greeted.error());
      co_return;
    }
    self.ready.set();
    while (!self.closed) {
      Task<Result<std::string>> reading = self.stream.read(base::Instant::max());
      const Result<std::string> chunk = co_await std::move(reading);
      if (self.closed) break;
      if (!chunk) {
        self.end(chunk.error());
      } else if (chunk->empty()) {
        self.end({Errc::cancelled, "the peer closed the connection", 0});
      } else {
        self.calling = true;
        self.callbacks.receive(*chunk);
        self.calling = false;
      }
    }
  }

  static Task<void> write_all(State& self) {
    co_await self.ready.wait();
    while (!self.closed) {
      std::string bytes = co_await self.outbox.pop();
      const std::size_t size = bytes.size();
      Task<Result<void>> writing = self.stream.write(std::move(bytes), self.loop.now() + 30s);
      const Result<void> written = co_await std::move(writing);
      self.queued -= size;
      if (!written) self.end(written.error());
    }
  }

  base::Loop& loop;
  ByteStream stream;
  Callbacks callbacks;
  base::Mailbox<std::string> outbox;
  base::Event ready;
  std::size_t queued = 0;
  bool closed = false;
  bool calling = false;
  base::TaskGroup tasks;
};

TcpConnection::TcpConnection(Driver& driver, ByteStream stream, Callbacks callbacks)
    : state_(std::make_unique<State>(driver, std::move(stream), std::move(callbacks))) {}
TcpConnection::TcpConnection(TcpConnection&&) noexcept = default;
TcpConnection& TcpConnection::operator=(TcpConnection&& other) noexcept {
  TcpConnection old(std::move(*this));
  state_ = std::move(other.state_);
  return *this;
}

TcpConnection::~TcpConnection() {
  if (!state_) return;
  close();
  // A callback that destroys the connection runs inside one of its tasks: they end a turn later.
  if (!state_->calling) return;
  base::Loop& loop = state_->loop;
  loop.post([state = std::move(state_)] {});
}

void TcpConnection::close() {
  if (state_->closed) return;
  state_->closed = true;
  state_->stream.close();
  state_->tasks.cancel();
}

Result<void> TcpConnection::send(std::string bytes) {
  if (state_->closed) return base::fail(Errc::conflict, "connection is closed");
  if (bytes.size() > max_queued_bytes - state_->queued)
    return base::fail(Errc::unavailable, "1 MiB waits for a peer that does not read");
  state_->queued += bytes.size();
  state_->outbox.push(std::move(bytes));
  return {};
}

const Address& TcpConnection::local() const {
  return state_->stream.local();
}
const Address& TcpConnection::remote() const {
  return state_->stream.remote();
}
bool TcpConnection::secure() const {
  return state_->stream.secure();
}

}  // namespace belfry::net
