#pragma once
#include <gtest/gtest.h>

#include "gateway/webrtc/browser_for_test.hpp"
#include "gateway/webrtc/gateway.hpp"
#include "media/tone_meter.hpp"
#include "webrtc/certificate.hpp"

namespace belfry::gateway::webrtc {

using namespace std::chrono_literals;

struct Listener final : PeerListener {
  void on_connected() override { ++connected; }
  void on_failed(PeerFailure failure) override { failures.push_back(failure); }
  int connected = 0;
  std::vector<PeerFailure> failures;
};

/// Real sockets on loopback, a virtual clock: a datagram is there when its sender's step is over.
struct WebRtcGateway : testing::Test {
  WebRtcGateway() {
    Gateway::Settings settings;
    settings.local = {net::IpAddress::v4({127, 0, 0, 1})};
    settings.port = 0;
    gateway = Gateway::open(random, {}, settings).value();
    gateway->start(plane);
    peer = gateway->open({}, listener).value();
  }
  void pass(base::Duration time, const std::function<bool()>& enough = [] { return false; }) {
    const base::Instant end = clock.now() + time;
    while (clock.now() < end && !enough()) {
      clock.advance_to(clock.now() + 1ms);
      loop.run_ready();
      plane.step();
      browser.step(clock.now());
    }
  }
  bool connect() {
    browser.connect(peer->answer(browser.offer()).value(), clock.now());
    peer->expect();
    pass(5s, [&] { return browser.connected() && listener.connected > 0; });
    return browser.connected() && listener.connected > 0;
  }
  /// The share of the browser's own 440 Hz in what it hears in the next half second.
  double share_of_echo() {
    browser.heard.clear();
    pass(700ms);
    if (browser.heard.size() < 4000) return 0;
    return belfry::media::tone_share(
        belfry::media::ConstSamples(browser.heard).last(3200), belfry::media::narrowband, 440
    );
  }

  call::SeatStatistics statistics() {
    std::optional<call::SeatStatistics> answer;
    base::TaskGroup tasks{loop};
    tasks.spawn(ask(answer));
    pass(100ms, [&] { return answer.has_value(); });
    return answer.value();
  }
  base::Task<void> ask(std::optional<call::SeatStatistics>& answer) {
    answer = co_await plane.statistics(peer->seat());
  }

  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{1};
  belfry::webrtc::Certificate certificate = belfry::webrtc::Certificate::create({}).value();
  belfry::webrtc::DtlsContext context = belfry::webrtc::DtlsContext::create(certificate).value();
  std::unique_ptr<Gateway> gateway;  // its certificate outlives the plane's wires
  media::Plane plane{
      loop, random, {.media_timeout = 60s, .drive = media::Plane::Settings::Drive::by_owner}
  };
  Listener listener;
  std::unique_ptr<Peer> peer;
  TestBrowser browser{context, random, "127.0.0.1"};
};

}  // namespace belfry::gateway::webrtc
