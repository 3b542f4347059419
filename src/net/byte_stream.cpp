#include "net/byte_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "base/wait.hpp"
#include "net/backends.hpp"
#include "net/endpoint.hpp"

namespace belfry::net {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using boost::system::error_code;

namespace {

/// A timer that goes when its scope does.
class Alarm {
 public:
  Alarm(base::Loop& loop, base::Instant when, base::Work work)
      : loop_(loop), timer_(loop.call_at(when, std::move(work))) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { loop_.cancel(timer_); }

 private:
  base::Loop& loop_;
  base::TimerId timer_;
};

bool is_end(const error_code& error) {
  // A peer that closes TLS without close_notify is common; HTTP and SIP frame their messages.
  return error == asio::error::eof || error.message() == "stream truncated";
}

using Outcome = std::optional<error_code>;  // nothing: the deadline passed first

Result<void> to_result(const Outcome& outcome, const char* what) {
  if (!outcome) return fail(Errc::timed_out, std::string(what) + " timed out");
  if (*outcome) return fail(to_error(*outcome, what));
  return {};
}

}  // namespace

struct ByteStream::State : std::enable_shared_from_this<State> {
  State(Driver& driver, AnyStream any, Address from, Address to, bool tls)
      : loop(driver.loop()), stream(std::move(any)), local(from), remote(to), secure(tls) {}

  bool wants_reading() const { return inbox.empty() && !read_error; }
  void start_reading() {
    if (reading) return;
    reading = true;
    stream.async_read_some(
        asio::buffer(buffer),
        [self = shared_from_this()](const error_code& error, std::size_t size) {
          self->reading = false;
          self->inbox.append(self->buffer.data(), size);
          if (error) self->read_error = error;
          if (self->wake_reader) (*self->wake_reader)(true);
        }
    );
  }

  base::Loop& loop;
  AnyStream stream;
  Address local;
  Address remote;
  bool secure;
  bool reading = false;
  bool writing = false;
  std::array<char, 8192> buffer;
  std::string inbox;
  std::string outgoing;
  std::optional<error_code> read_error;
  std::optional<base::Completion<bool>::Resolver> wake_reader;
};

ByteStream::ByteStream(Driver& driver, AnyStream stream, Address local, Address remote, bool secure)
    : state_(std::make_shared<State>(driver, std::move(stream), local, remote, secure)) {}
ByteStream::ByteStream(ByteStream&&) noexcept = default;
ByteStream& ByteStream::operator=(ByteStream&& other) noexcept {
  close();
  state_ = std::move(other.state_);
  return *this;
}
ByteStream::~ByteStream() {
  close();
}

void ByteStream::close() {
  if (state_) state_->stream.backend().close();
}
const Address& ByteStream::local() const {
  return state_->local;
}
const Address& ByteStream::remote() const {
  return state_->remote;
}
bool ByteStream::secure() const {
  return state_->secure;
}

Task<Result<void>> ByteStream::handshake(base::Instant deadline) {
  auto state = state_;
  base::Completion<Outcome> done(state->loop);
  const Alarm alarm(state->loop, deadline, [resolve = done.resolver()] { resolve(std::nullopt); });
  state->stream.backend().handshake(
      [state, resolve = done.resolver()](const error_code& error, std::size_t) { resolve(error); }
  );
  Task<Outcome> waiting = done.wait();
  const Outcome outcome = co_await std::move(waiting);
  co_return to_result(outcome, "TLS handshake");
}

Task<Result<std::string>> ByteStream::read(base::Instant deadline) {
  auto state = state_;
  while (state->wants_reading()) {
    base::Completion<bool> done(state->loop);
    state->wake_reader = done.resolver();
    const Alarm alarm(state->loop, deadline, [resolve = done.resolver()] { resolve(false); });
    state->start_reading();
    Task<bool> waiting = done.wait();
    const bool arrived = co_await std::move(waiting);
    if (!arrived) co_return fail(Errc::timed_out, "nothing arrived in time");
  }
  if (!state->inbox.empty()) co_return std::exchange(state->inbox, {});
  if (is_end(*state->read_error)) co_return std::string();
  co_return fail(to_error(*state->read_error, "read"));
}

Task<void> ByteStream::wait_until_closed() {
  auto state = state_;
  while (!state->read_error) {
    base::Completion<bool> done(state->loop);
    state->wake_reader = done.resolver();
    if (state->inbox.empty()) state->start_reading();
    Task<bool> waiting = done.wait();
    co_await std::move(waiting);
  }
}

Task<Result<void>> ByteStream::write(std::string bytes, base::Instant deadline) {
  auto state = state_;
  if (state->writing) co_return fail(Errc::conflict, "another write is under way");
  state->writing = true;
  state->outgoing = std::move(bytes);
  base::Completion<Outcome> done(state->loop);
  const Alarm alarm(state->loop, deadline, [resolve = done.resolver()] { resolve(std::nullopt); });
  asio::async_write(
      state->stream, asio::buffer(state->outgoing),
      [state, resolve = done.resolver()](const error_code& error, std::size_t) {
        state->writing = false;
        resolve(error);
      }
  );
  Task<Outcome> waiting = done.wait();
  const Outcome outcome = co_await std::move(waiting);
  co_return to_result(outcome, "write");
}

Task<void> ByteStream::finish(base::Instant deadline) {
  constexpr std::size_t drop_at_most = 256 << 10;
  auto state = state_;
  if (state->read_error || state->writing) {
    close();
    co_return;
  }
  base::Completion<Outcome> done(state->loop);
  const Alarm alarm(state->loop, deadline, [resolve = done.resolver()] { resolve(std::nullopt); });
  state->stream.backend().finish(
      [state, resolve = done.resolver()](const error_code& error, std::size_t) { resolve(error); }
  );
  Task<Outcome> waiting = done.wait();
  const Outcome outcome = co_await std::move(waiting);
  std::size_t dropped = 0;
  while (outcome && !*outcome && dropped < drop_at_most) {
    Task<Result<std::string>> reading = read(deadline);
    const Result<std::string> rest = co_await std::move(reading);
    if (!rest || rest->empty()) break;
    dropped += rest->size();
  }
  close();
}

Task<Result<ByteStream>> connect(
    Driver& driver, Address to, base::Instant deadline, std::optional<TlsPeer> tls
) {
  using asio::ip::tcp;
  // Shared with the pending connect, which may finish after this task was destroyed.
  auto socket = std::make_shared<tcp::socket>(driver.context());
  struct Closer {
    std::shared_ptr<tcp::socket> socket;
    ~Closer() {
      error_code ignored;
      if (socket) socket->cancel(ignored);
    }
  } closer{socket};
  base::Completion<Outcome> done(driver.loop());
  const Alarm alarm(driver.loop(), deadline, [resolve = done.resolver()] {
    resolve(std::nullopt);
  });
  socket->async_connect(
      to_endpoint<tcp::endpoint>(to),
      [socket, resolve = done.resolver()](const error_code& error) { resolve(error); }
  );
  Task<Outcome> waiting = done.wait();
  const Outcome outcome = co_await std::move(waiting);
  const std::string what = "connect to " + to.to_string();
  BELFRY_CO_CHECK(to_result(outcome, what.c_str()));
  closer.socket.reset();
  error_code error;
  socket->set_option(tcp::no_delay(true), error);
  const Address local = from_endpoint(socket->local_endpoint(error));
  auto backend = tls ? make_tls_client_backend(std::move(*socket), tls->context, tls->host)
                     : make_tcp_backend(std::move(*socket));
  ByteStream stream(driver, AnyStream(std::move(backend)), local, to, tls.has_value());
  Task<Result<void>> greeting = stream.handshake(deadline);
  const Result<void> greeted = co_await std::move(greeting);
  if (!greeted) co_return fail(greeted.error().code, greeted.error().message, tls_failed);
  co_return std::move(stream);
}

}  // namespace belfry::net
