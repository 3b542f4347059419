#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "call/bridge.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"
#include "http/router.hpp"
#include "media/tone.hpp"
#include "sim/phone_network.hpp"
#include "store/store.hpp"
#include "twiml/media_files.hpp"
#include "twiml/program.hpp"
#include "twiml/status_callback.hpp"

/// A whole call model with simulated phones on a virtual clock, and a client that asks the router.
namespace belfry::admin::testing {

using namespace std::chrono_literals;

/// Every sentence is half a second of tone.
struct ToneSpeech final : call::Speech {
  base::Task<base::Result<std::shared_ptr<const media::PcmClip>>> synthesize(call::Utterance
  ) override {
    media::PcmClip clip;
    clip.rate = media::narrowband;
    clip.samples.resize(media::samples_in(500ms, clip.rate));
    media::ToneGenerator(media::sine(440), clip.rate).fill(clip.samples);
    co_return std::make_shared<const media::PcmClip>(std::move(clip));
  }
};

/// The web that is asked for documents and told of statuses; nobody answers there.
struct DeadWeb final : call::WebClient {
  base::Task<base::Result<call::WebResponse>> send(call::WebRequest) override {
    co_return base::fail(base::Errc::unavailable, "there is no web in this test", 11200);
  }
};

/// Where recordings go; it goes after everything that writes there.
struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) /
      ("belfry-admin-" +
       std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

struct House : ::testing::Test {
  House() {
    call::Services services{
        loop,    random, *store, plane,           dial_plan,
        numbers, feed,   outbox, callback_format, "AC00000000000000000000000000000001",
        nullptr, {},
    };
    services.programs.emplace(twiml.kind(), &twiml);
    services.programs.emplace(bridge.kind(), &bridge);
    switchboard.emplace(std::move(services), call::Switchboard::Limits{.live_legs = 100});
    phones.connect(*switchboard);
    dial_plan.set_fallback(&phones);
  }

  /// Lets the world run for `time`.
  void pass(base::Duration time) {
    const base::Instant end = clock.now() + time;
    while (true) {
      loop.run_ready();
      plane.step();
      base::Instant next = end;
      if (const auto media = plane.next_step()) next = std::min(next, *media);
      if (const auto control = loop.next_due()) next = std::min(next, *control);
      if (next >= end && clock.now() >= end) break;
      clock.advance_to(next);
    }
  }

  http::Response ask(http::Request request) {
    std::optional<http::Response> response;
    base::TaskGroup tasks(loop);
    const auto keep = [](base::Task<http::Response> from, std::optional<http::Response>& into
                      ) -> base::Task<void> { into.emplace(co_await std::move(from)); };
    request.id = "request-1";
    tasks.spawn(keep(router.dispatch(std::move(request)), response));
    for (int turn = 0; !response && turn < 5000; ++turn) pass(1ms);
    EXPECT_TRUE(response) << "no answer in five seconds";
    return response ? std::move(*response) : http::empty(0);
  }
  http::Response ask(std::string method, std::string target, std::string body = {}) {
    return ask(http::Request::make(std::move(method), std::move(target), std::move(body)));
  }
  /// The whole body of a stream.
  std::string read(http::Response& response) {
    std::string text;
    while (auto piece = next_piece(response)) text += *piece;
    return text;
  }
  std::optional<std::string> next_piece(http::Response& response) {
    std::optional<std::optional<std::string>> piece;
    base::TaskGroup tasks(loop);
    const auto keep = [](base::Task<std::optional<std::string>> from,
                         std::optional<std::optional<std::string>>& into) -> base::Task<void> {
      into.emplace(co_await std::move(from));
    };
    tasks.spawn(keep(response.stream->next(), piece));
    for (int turn = 0; !piece && turn < 1000; ++turn) pass(1ms);
    return piece.value_or(std::nullopt);
  }
  static base::json::value json_of(const http::Response& response) {
    auto document = base::json::parse(response.body);
    EXPECT_TRUE(document) << response.body;
    return document.value_or(nullptr);
  }
  base::json::value get(std::string target) {
    const http::Response response = ask("GET", std::move(target));
    EXPECT_EQ(response.status, 200) << response.body;
    return json_of(response);
  }
  static std::string text_at(const base::json::value& document, const char* pointer) {
    boost::system::error_code error;
    const base::json::value* found = document.find_pointer(pointer, error);
    return found == nullptr ? "(nothing)" : base::json::serialize(*found);
  }

  Folder folder;
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{1};
  std::unique_ptr<store::Store> store =
      store::open({.folder = ":memory:", .mode = store::Settings::Mode::same_thread}, loop).value();
  base::WorkerPool pool{loop, 0};
  gateway::media::Plane plane{
      loop, random, {.drive = gateway::media::Plane::Settings::Drive::by_owner}
  };
  ToneSpeech speech;
  DeadWeb web;
  call::Outbox outbox{loop, *store, web};
  call::EventFeed feed;
  call::DialPlan dial_plan;
  call::NumberTable numbers;
  twiml::StatusCallbackFormat callback_format;
  twiml::MediaFiles media_files{web, pool};
  twiml::TwimlPrograms twiml{{web, speech, media_files, random}};
  call::BridgeProgram bridge;
  sim::PhoneNetwork phones{{loop, plane, speech, {}, folder.path.string(), 1, {}}};
  std::optional<call::Switchboard> switchboard;
  http::Router router{loop};
};

}  // namespace belfry::admin::testing
