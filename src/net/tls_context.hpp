#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.hpp"

namespace boost::asio::ssl {
class context;
}

namespace belfry::net {

/// Certificates and rules of TLS connections: TLS 1.2 or newer, no compression, no renegotiation.
/// Streams take what they need when they are made; one context serves any number.
class TlsContext {
 public:
  /// PEM files: chain, private key. Errc::io when they cannot be read or do not belong together.
  [[nodiscard]] static base::Result<TlsContext> server(
      const std::filesystem::path& certificate, const std::filesystem::path& key
  );
  /// Checks the peer's chain against the system's roots and those in `extra_ca` (PEM).
  [[nodiscard]] static base::Result<TlsContext> client(
      const std::optional<std::filesystem::path>& extra_ca
  );
  TlsContext(TlsContext&&) noexcept;
  TlsContext& operator=(TlsContext&&) noexcept;
  ~TlsContext();

  boost::asio::ssl::context& context() const { return *context_; }

 private:
  explicit TlsContext(std::unique_ptr<boost::asio::ssl::context> context);
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace belfry::net
