#pragma once
#include <algorithm>
#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

/// One stream type over TCP and TLS, so that the templates of Asio and Beast are instantiated once
/// (docs/decisions: type-erased streams). Only `net` and `http` see this; everybody else uses
/// `ByteStream`.
namespace belfry::net {

namespace asio = boost::asio;
using Completion = asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

struct StreamBackend {
  virtual ~StreamBackend() = default;
  virtual asio::any_io_executor executor() = 0;
  /// TLS handshake; nothing to do for TCP. `done` gets 0 bytes.
  virtual void handshake(Completion done) = 0;
  virtual void read_some(asio::mutable_buffer into, Completion done) = 0;
  virtual void write_some(std::span<const asio::const_buffer> from, Completion done) = 0;
  /// Says that no more will be sent: FIN, or close_notify.
  virtual void finish(Completion done) = 0;
  /// Ends pending operations with `operation_aborted`.
  virtual void close() = 0;
};

/// At most eight buffers of one write, copied so that they outlive the caller's sequence.
class BufferList {
 public:
  using value_type = asio::const_buffer;
  using const_iterator = const asio::const_buffer*;
  explicit BufferList(std::span<const asio::const_buffer> from) {
    for (const auto& buffer : from.first(std::min(from.size(), buffers_.size())))
      buffers_[count_++] = buffer;
  }
  const_iterator begin() const { return buffers_.data(); }
  const_iterator end() const { return buffers_.data() + count_; }

 private:
  std::array<asio::const_buffer, 8> buffers_;
  std::size_t count_ = 0;
};

/// AsyncReadStream and AsyncWriteStream by way of a backend. As with every Asio stream, it must
/// outlive its pending operations.
class AnyStream {
 public:
  using executor_type = asio::any_io_executor;

  explicit AnyStream(std::unique_ptr<StreamBackend> backend) : backend_(std::move(backend)) {}
  executor_type get_executor() { return backend_->executor(); }
  StreamBackend& backend() { return *backend_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& into, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [](auto handler, StreamBackend* backend, Buffers buffers) {
          asio::mutable_buffer first;
          for (auto at = asio::buffer_sequence_begin(buffers);
               at != asio::buffer_sequence_end(buffers) && first.size() == 0; ++at)
            first = *at;
          backend->read_some(first, Completion(std::move(handler)));
        },
        token, backend_.get(), into
    );
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [](auto handler, StreamBackend* backend, Buffers buffers) {
          std::array<asio::const_buffer, 8> list;
          std::size_t count = 0;
          for (auto at = asio::buffer_sequence_begin(buffers);
               at != asio::buffer_sequence_end(buffers) && count < list.size(); ++at)
            list[count++] = *at;
          backend->write_some(std::span(list).first(count), Completion(std::move(handler)));
        },
        token, backend_.get(), from
    );
  }

 private:
  std::unique_ptr<StreamBackend> backend_;
};

}  // namespace belfry::net
