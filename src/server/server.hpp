#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/status.hpp"
#include "admin/trunks.hpp"
#include "base/loop.hpp"
#include "base/random.hpp"
#include "base/worker_pool.hpp"
#include "gateway/media/plane.hpp"
#include "gateway/webrtc/gateway.hpp"
#include "http/gate.hpp"
#include "http/server.hpp"
#include "http/static_files.hpp"
#include "http/websocket.hpp"
#include "identity/keys.hpp"
#include "net/driver.hpp"
#include "net/egress_policy.hpp"
#include "net/tls_context.hpp"
#include "server/config/load.hpp"
#include "server/connector_trunks.hpp"
#include "server/housekeeping.hpp"
#include "server/overload.hpp"
#include "server/stored_trunks.hpp"
#include "server/system.hpp"
#include "server/telephony.hpp"
#include "speech/pocketsphinx_recognizer.hpp"
#include "speech/synthesizer.hpp"

namespace belfry::server {

/// One Belfry process: the `System` on real time, real sockets, a data folder and its threads. The
/// thread that calls `run` is the control thread.
class Server {
 public:
  /// Opens the data folder (one process at a time, rule R6), keys and listeners.
  /// @return what is in the way, for people: a taken port, a locked folder, an address that is not
  /// loopback.
  static base::Result<std::unique_ptr<Server>> create(const Config& config);
  ~Server();

  /// Serves until SIGTERM or SIGINT has drained it (rule R9).
  void run();

  const identity::LoadedKeys& keys() const { return keys_; }
  struct Listening {
    std::string kind;  // "http", "https", "sip-udp", "sip-tcp", "sip-tls"
    net::Address address;
  };
  const std::vector<Listening>& listening() const { return listening_; }
  /// The first listener of that kind; empty when there is none.
  std::string address_of(std::string_view kind) const;

 private:
  explicit Server(const Config& config);

  base::Result<> open_folder();
  base::Result<> open_certificate();
  base::Result<> open_egress();
  void make_recognizer();
  base::Result<> open_sip();
  base::Result<> open_cloud();
  base::Result<> open_browsers();
  base::Result<> open_http();
  base::Result<> open_https();
  void add_pages();
  void add_status();
  void start_housekeeping();
  void watch_load();
  void open_extra_port(const net::IpAddress& ip, std::uint16_t port);
  void note_listener(std::string kind, const net::Address& address);
  base::Task<void> begin();
  base::Task<void> drain();
  base::Task<void> flush_outbox();
  void on_signal();

  Config config_;
  base::SystemClock clock_;
  base::Loop loop_{clock_};
  net::Driver driver_{loop_};
  base::SecureRandom random_;
  net::IpAddress local_;
  identity::LoadedKeys keys_;
  std::optional<net::TlsContext> tls_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<gateway::webrtc::Gateway> browsers_;  // outlives the media plane
  std::unique_ptr<gateway::media::Plane> media_;
  std::unique_ptr<base::WorkerPool> pool_;
  std::unique_ptr<speech::Synthesizer> speech_;
  std::unique_ptr<base::WorkerPool> listening_pool_;
  std::unique_ptr<speech::PocketsphinxRecognizer> recognizer_;
  net::EgressPolicy egress_;
  std::unique_ptr<http::Client> client_;
  net::EgressPolicy cloud_egress_;
  std::unique_ptr<http::Client> cloud_client_;  // none: nothing is sent to AWS
  std::unique_ptr<http::WebSocketClient> sockets_;
  std::unique_ptr<Telephony> telephony_;  // outlives the calls that go over it
  std::unique_ptr<System> system_;
  std::unique_ptr<StoredTrunks> trunk_table_;
  std::unique_ptr<admin::Trunks> trunks_;
  std::unique_ptr<ConnectorTrunks> connector_trunks_;
  std::unique_ptr<Housekeeping> housekeeping_;
  std::unique_ptr<Overload> overload_;
  std::unique_ptr<admin::Status> status_;
  std::unique_ptr<http::StaticFiles> pages_;
  std::unique_ptr<http::Gate> gate_;
  std::unique_ptr<http::Server> http_;
  std::vector<Listening> listening_;
  bool ready_ = false;
  int signals_ = 0;
  base::TaskGroup tasks_{loop_};
};

}  // namespace belfry::server
