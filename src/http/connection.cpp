#include "http/connection.hpp"

#include <limits>

#include "base/text.hpp"
#include "base/wait.hpp"
#include "http/wire.hpp"

namespace belfry::http {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

namespace {

/// An error with this status ends the connection without a word.
constexpr int silent = 0;

constexpr std::size_t bytes_per_write = 64 << 10;
constexpr std::uint64_t unknown_length = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Connection::Connection(
    net::Driver& driver, Gate& gate, const Server::Settings& settings, net::ByteStream stream
)
    : loop_(driver.loop()), gate_(gate), settings_(settings), stream_(std::move(stream)) {}

void Connection::drain() {
  draining_ = true;
  if (socket_) return socket_->leave(CloseCode::going_away);
  if (idle_) stream_.close();
}

Task<void> Connection::run(TakeSocketPlace take_socket_place) {
  take_socket_place_ = std::move(take_socket_place);
  Task<Result<void>> greeting = stream_.handshake(loop_.now() + settings_.head_time);
  const Result<void> greeted = co_await std::move(greeting);
  if (!greeted) co_return;
  Next next = Next::request;
  while (next == Next::request) {
    Task<Next> serving = serve_one();
    next = co_await std::move(serving);
  }
  if (next == Next::upgrade) {
    Task<void> serving = serve_socket();
    co_await std::move(serving);
    co_return;
  }
  Task<void> goodbye = stream_.finish(loop_.now() + 1s);
  co_await std::move(goodbye);
}

Task<void> Connection::turn_away() {
  if (!stream_.secure()) {
    Response response = problem(503, "too many connections");
    response.headers.add("Retry-After", "5");
    Task<Next> sending = send_response(std::move(response), false, false, 1);
    co_await std::move(sending);
    Task<void> goodbye = stream_.finish(loop_.now() + 1s);
    co_await std::move(goodbye);
  }
}

Task<Connection::Next> Connection::serve_one() {
  idle_ = true;
  RequestReader reader(settings_.head);
  Task<Result<void>> reading_head = read_head(reader);
  const Result<void> read = co_await std::move(reading_head);
  idle_ = false;
  if (!read) {
    // No header of it counts, but the right face words the error.
    Request refused = Request::make(reader.head().method, reader.head().target.substr(0, 1024));
    Task<Next> refusing = refuse(std::move(refused), read.error());
    co_return co_await std::move(refusing);
  }
  Request request = to_request(reader.head());
  const std::size_t limit = gate_.router().body_limit(request);
  Task<Result<void>> reading_body = read_body(reader, limit);
  const Result<void> complete = co_await std::move(reading_body);
  if (!complete) {
    Task<Next> refusing = refuse(std::move(request), complete.error());
    co_return co_await std::move(refusing);
  }
  request.body = reader.take_body();
  const bool keep_alive = reader.head().keep_alive;
  Task<Next> responding = respond(std::move(request), keep_alive, reader.head().minor_version);
  co_return co_await std::move(responding);
}

Task<Result<void>> Connection::more(base::Instant deadline) {
  Task<Result<std::string>> reading = stream_.read(deadline);
  const Result<std::string> chunk = co_await std::move(reading);
  if (!chunk) {
    const int status = chunk.error().code == Errc::timed_out ? 408 : silent;
    co_return fail(chunk.error().code, chunk.error().message, status);
  }
  if (chunk->empty()) co_return fail(Errc::cancelled, "the client closed", silent);
  inbox_ += *chunk;
  co_return Result<void>();
}

Task<Result<void>> Connection::read_head(RequestReader& reader) {
  base::Instant deadline = loop_.now() + settings_.idle_time;
  bool begun = false;
  while (true) {
    // RFC 9112 §2.2: empty lines before a request line are skipped.
    while (!begun && inbox_.starts_with("\r\n")) inbox_.erase(0, 2);
    if (!begun && !inbox_.empty() && inbox_ != "\r") {
      begun = true;
      idle_ = false;
      deadline = loop_.now() + settings_.head_time;
    }
    if (begun) {
      const Result<bool> complete = reader.read_head(inbox_);
      if (!complete) co_return fail(complete.error());
      if (*complete) co_return Result<void>();
    }
    if (draining_ && !begun) co_return fail(Errc::cancelled, "draining", silent);
    Task<Result<void>> reading = more(deadline);
    const Result<void> read = co_await std::move(reading);
    if (!read)
      co_return fail(read.error().code, read.error().message, begun ? read.error().detail : silent);
  }
}

Task<Result<void>> Connection::read_body(RequestReader& reader, std::size_t limit) {
  const base::Instant began = loop_.now();
  std::size_t received = inbox_.size();
  bool owes_continue = reader.head().expects_continue && inbox_.empty();
  while (true) {
    const Result<bool> complete = reader.read_body(inbox_, limit);
    if (!complete) co_return fail(complete.error());
    if (*complete) co_return Result<void>();
    if (owes_continue) {
      owes_continue = false;
      Task<bool> sending = send("HTTP/1.1 100 Continue\r\n\r\n");
      const bool sent = co_await std::move(sending);
      if (!sent) co_return fail(Errc::io, "the client is gone", silent);
    }
    // Rule H2: after the grace the body must have come at the minimum rate.
    const auto earned =
        std::chrono::milliseconds(received * 1000 / settings_.body_bytes_per_second);
    const std::size_t before = inbox_.size();
    Task<Result<void>> reading = more(began + settings_.body_grace + earned);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return fail(read.error());
    received += inbox_.size() - before;
  }
}

Request Connection::to_request(const Head& head) const {
  Request request = Request::make(head.method, head.target);
  request.headers = head.headers;
  request.remote = stream_.remote();
  request.local = stream_.local();
  request.secure = stream_.secure();
  request.id = gate_.request_id(request);
  return request;
}

Task<Connection::Next> Connection::refuse(Request request, base::Error why) {
  if (why.detail == silent) co_return Next::close;
  if (request.id.empty()) request.id = gate_.request_id(request);
  Response response = gate_.router().error(why.detail, request, why.message);
  gate_.dress(request, response);
  const bool head_only = request.method == "HEAD";
  Task<Next> sending = send_response(std::move(response), head_only, false, 1);
  co_return co_await std::move(sending);
}

Task<Connection::Next> Connection::respond(Request request, bool keep_alive, int minor_version) {
  const bool head_only = request.method == "HEAD";
  Task<Response> answering = gate_.answer(std::move(request));
  Response response = co_await std::move(answering);
  if (response.upgrade && minor_version == 1) {
    Task<Next> upgrading = start_upgrade(std::move(response));
    co_return co_await std::move(upgrading);
  }
  if (response.upgrade) response = problem(400, "a WebSocket begins with HTTP/1.1");
  const bool stays = keep_alive && !draining_;
  Task<Next> sending = send_response(std::move(response), head_only, stays, minor_version);
  co_return co_await std::move(sending);
}

Task<Connection::Next> Connection::send_response(
    Response response, bool head_only, bool keep_alive, int minor_version
) {
  const auto length = response.headers.get("Content-Length");
  const bool chunked = response.stream && !length && minor_version == 1;
  if (response.stream && !length && !chunked) keep_alive = false;
  std::uint64_t left = length ? base::parse_unsigned(*length).value_or(0) : unknown_length;
  std::string piece = head_of(response, loop_.wall_now(), keep_alive, minor_version);
  if (head_only) response.body.clear();
  std::size_t taken = std::min(bytes_per_write, response.body.size());
  piece.append(response.body, 0, taken);
  Task<bool> starting = send(std::move(piece));
  bool sent = co_await std::move(starting);
  while (sent && taken < response.body.size()) {
    piece = response.body.substr(taken, bytes_per_write);
    taken += piece.size();
    Task<bool> sending = send(std::move(piece));
    sent = co_await std::move(sending);
  }
  if (sent && response.stream && !head_only) {
    Task<bool> streaming = send_stream(response, chunked, left);
    sent = co_await std::move(streaming);
    // A stream that broke off must not look like a whole one.
    if (length && left > 0) sent = false;
  }
  if (!sent) stream_.close();
  co_return sent&& keep_alive ? Next::request : Next::close;
}

Task<Connection::Next> Connection::start_upgrade(Response response) {
  if (draining_ || !take_socket_place_()) {
    Response refusal = problem(503, "there is no room for another WebSocket");
    refusal.headers.add("Retry-After", "5");
    Task<Next> refusing = send_response(std::move(refusal), false, false, 1);
    co_return co_await std::move(refusing);
  }
  upgrade_ = std::move(response.upgrade);
  Task<bool> switching = send(head_of(response, loop_.wall_now(), true, 1));
  const bool switched = co_await std::move(switching);
  co_return switched ? Next::upgrade : Next::close;
}

Task<void> Connection::serve_socket() {
  const WebSocketStream::Terms terms{WebSocketMachine::Role::server, upgrade_->max_message};
  socket_ = std::make_unique<WebSocketStream>(loop_, gate_.random(), std::move(stream_), terms);
  socket_->take(std::exchange(inbox_, {}));
  if (draining_) socket_->leave(CloseCode::going_away);
  Task<void> serving = upgrade_->serve(*socket_);
  co_await std::move(serving);
  Task<void> goodbye = socket_->close(CloseCode::normal, loop_.now() + 1s);
  co_await std::move(goodbye);
}

Task<bool> Connection::send_stream(Response& response, bool chunked, std::uint64_t& left) {
  Task<bool> pumping = pump(*response.stream, chunked, left);
  Task<void> watching = stream_.wait_until_closed();
  auto outcome = co_await base::race(loop_, std::move(pumping), std::move(watching));
  co_return outcome.index() == 0 && std::get<0>(outcome);
}

Task<bool> Connection::pump(BodyStream& body, bool chunked, std::uint64_t& left) {
  while (true) {
    Task<std::optional<std::string>> making = body.next();
    std::optional<std::string> piece = co_await std::move(making);
    if (piece && piece->empty()) continue;
    std::string bytes = piece ? std::move(*piece) : std::string();
    bytes.resize(std::min<std::uint64_t>(bytes.size(), left));
    if (left != unknown_length) left -= bytes.size();
    if (chunked) bytes = as_chunk(bytes);
    Task<bool> sending = send(std::move(bytes));
    const bool sent = co_await std::move(sending);
    if (!sent || !piece) co_return sent;
  }
}

Task<bool> Connection::send(std::string bytes) {
  if (bytes.empty()) co_return true;
  Task<Result<void>> writing = stream_.write(std::move(bytes), loop_.now() + settings_.write_time);
  const Result<void> written = co_await std::move(writing);
  co_return written.has_value();
}

}  // namespace belfry::http
