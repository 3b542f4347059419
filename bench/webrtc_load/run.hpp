#pragma once
#include <vector>

#include "net/driver.hpp"
#include "webrtc_load/halts.hpp"
#include "webrtc_load/legs.hpp"
#include "webrtc_load/phone.hpp"

namespace belfry::bench {

struct RunSettings {
  std::string url;        // of `/signal`: ws or wss
  std::string authority;  // PEM of who signed its certificate
  double sockets_per_second = 200, calls_per_second = 20;
  base::Duration settle = std::chrono::seconds(2);  // before the calls, and before what is counted
  base::Duration hold = std::chrono::seconds(60);
  int watched_core = -1;  // the server's, for `Halts`
  base::Duration limit =
      std::chrono::seconds(60);  // for all to be ready, and for all to have media
};

/// All pages of a plan at once: opens their sockets, makes their calls, holds them, hangs up. Says
/// on stdout where it is, a line of JSON each: `registered`, `up`, `held` with the figures. Control
/// thread.
class Run final : private PhoneListener {
 public:
  /// All outlive it.
  Run(net::Driver& driver, http::WebSocketClient& client, const webrtc::DtlsContext& context,
      base::Random& random, const std::vector<Page>& plan, const RunSettings& settings);
  ~Run() override;

  /// @return whether all went as it should.
  bool go();

 private:
  void on_ready(Phone& phone) override;
  void on_answered(Phone& phone, std::optional<base::Duration> waited) override;
  void on_media(Phone& phone, LegTerms terms) override;
  void on_failed(Phone& phone, std::string why) override;
  void on_connected(std::size_t number);

  void open_sockets();
  void call_all();
  bool wait_for(const std::size_t& count, std::size_t expected, std::string_view what);
  void pass(base::Duration time);
  void report(std::string_view event, base::json::object figures);
  base::json::object figures() const;
  void hang_up();

  net::Driver& driver_;
  http::WebSocketClient& client_;
  const std::vector<Page>& plan_;
  const RunSettings& settings_;
  std::vector<std::unique_ptr<Phone>> phones_;
  Legs legs_;
  Halts halts_;
  std::size_t ready_ = 0, connected_ = 0, failed_ = 0;
  std::vector<base::Instant> media_since_;  // of each phone: it began to connect
  base::json::array answer_ms_, connect_ms_;
  base::TaskGroup sockets_;
};

}  // namespace belfry::bench
