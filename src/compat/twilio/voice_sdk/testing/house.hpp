#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/wait.hpp"
#include "call/outbox.hpp"
#include "compat/twilio/voice_sdk/signalling.hpp"
#include "gateway/media/plane.hpp"
#include "identity/access_token.hpp"
#include "store/testing.hpp"
#include "twiml/media_files.hpp"
#include "twiml/program.hpp"
#include "twiml/status_callback.hpp"

/// A call model whose parties are pages: real signalling, model and media plane on a virtual clock.
/// Only the network is not there: sockets are queues, and connections come up when the test says.
namespace belfry::compat::twilio::voice_sdk::testing {

using namespace std::chrono_literals;

inline const std::string account_sid = "AC" + std::string(32, '1');
inline const std::string key_sid = "SK" + std::string(32, '2');
inline const std::string application_sid = "AP" + std::string(32, '3');

struct Silence final : call::Speech {
  base::Task<base::Result<std::shared_ptr<const media::PcmClip>>> synthesize(call::Utterance
  ) override {
    media::PcmClip clip;
    clip.rate = media::narrowband;
    clip.samples.resize(media::samples_in(100ms, clip.rate));
    co_return std::make_shared<const media::PcmClip>(std::move(clip));
  }
};

/// Answers what it is asked with the documents of the test.
struct Web final : call::WebClient {
  base::Task<base::Result<call::WebResponse>> send(call::WebRequest request) override {
    call::WebResponse response;
    response.status = 200;
    response.content_type = "text/xml";
    response.body = documents[request.url];
    response.final_url = request.url;
    asked.push_back(std::move(request));
    co_return response;
  }
  std::map<std::string, std::string> documents;
  std::vector<call::WebRequest> asked;
};

/// Connections whose media is a pair of seats of the plane. What the other side's ICE and DTLS
/// would do, the test does.
struct ModelledPeers final : gateway::webrtc::Peers {
  explicit ModelledPeers(gateway::media::Plane& on) : plane(on) {}

  struct Peer final : gateway::webrtc::Peer {
    Peer(ModelledPeers& from, gateway::webrtc::PeerListener& told, int which)
        : owner(from), listener(told), number(which) {
      seats = owner.plane.open_linked_seats({}, {}, 1);
      owner.plane.set_terms(seats.leg, {});
      owner.plane.set_terms(seats.phone, {});
      owner.open_peers.push_back(this);
    }
    ~Peer() override {
      std::erase(owner.open_peers, this);
      owner.plane.close_seat(seats.phone);
      owner.plane.close_seat(seats.leg);
    }
    std::string offer() override { return "our offer " + std::to_string(number); }
    base::Result<> take_answer(std::string_view sdp) override {
      if (sdp == "bad") return base::fail(base::Errc::invalid_argument, "no SDP");
      expect();
      return {};
    }
    base::Result<std::string> answer(std::string_view offer) override {
      if (offer == "bad") return base::fail(base::Errc::invalid_argument, "no SDP");
      return "our answer " + std::to_string(number) + " to " + std::string(offer);
    }
    void expect() override { expected = true; }
    bool has_telephone_events() const override { return true; }
    call::SeatId seat() const override { return seats.leg; }

    ModelledPeers& owner;
    gateway::webrtc::PeerListener& listener;
    int number;
    bool expected = false;  // the page knows where to send
    gateway::media::Plane::LinkedSeats seats;
  };

  base::Result<std::unique_ptr<gateway::webrtc::Peer>> open(
      gateway::webrtc::PeerTerms, gateway::webrtc::PeerListener& listener
  ) override {
    if (open_peers.size() >= room) return base::fail(base::Errc::unavailable, "no room");
    return std::make_unique<Peer>(*this, listener, ++opened);
  }
  void connect_all() {
    for (Peer* peer : std::vector(open_peers))
      if (peer->expected) peer->listener.on_connected();
  }
  void fail_all(gateway::webrtc::PeerFailure failure) {
    for (Peer* peer : std::vector(open_peers)) peer->listener.on_failed(failure);
  }

  gateway::media::Plane& plane;
  std::vector<Peer*> open_peers;
  std::size_t room = 100;
  int opened = 0;
};

struct QueueSocket final : http::WebSocket {
  explicit QueueSocket(base::Loop& loop) : inbox(loop) {}
  base::Task<base::Result<std::string>> receive() override {
    base::Result<std::string> next = co_await inbox.pop();
    co_return next;
  }
  bool send(std::string_view text) override {
    outbox.emplace_back(text);
    return true;
  }
  base::Task<void> close(std::uint16_t, base::Instant) override { co_return; }

  base::Mailbox<base::Result<std::string>> inbox;
  std::deque<std::string> outbox;
};

struct House : ::testing::Test {
  House() {
    call::Services services{
        store.loop, random, *store.store,    plane,       dial_plan, numbers,
        feed,       outbox, callback_format, account_sid, nullptr,   {},
    };
    services.programs.emplace(twiml.kind(), &twiml);
    services.directory = &directory;
    switchboard.emplace(std::move(services), call::Switchboard::Limits{.live_legs = 100});
    signalling.connect(*switchboard);
    signalling.set_peers(&peers);
    dial_plan.set_clients(&signalling);
    call::Document application;
    application.collection = call::NumberDirectory::applications;
    application.key = application_sid;
    application.tag = account_sid;
    application.value["voice_url"] = "https://app.example/voice";
    EXPECT_TRUE(wait(directory.put_application(std::move(application))));
  }

  template <class T>
  T wait(base::Task<T> task) {
    return store::testing::wait_for(store.loop, std::move(task));
  }
  /// Lets the world run for `time`.
  void pass(base::Duration time) {
    const base::Instant end = store.clock.now() + time;
    while (true) {
      store.loop.run_ready();
      plane.step();
      base::Instant next = end;
      if (const auto media = plane.next_step()) next = std::min(next, *media);
      if (const auto control = store.loop.next_due()) next = std::min(next, *control);
      if (next >= end && store.clock.now() >= end) break;
      store.clock.advance_to(next);
    }
  }
  static identity::Accounts::Settings accounts_of_house() {
    identity::Account main;
    main.sid = account_sid;
    main.auth_token = "the account's token";
    identity::ApiKey key;
    key.sid = key_sid;
    key.account_sid = account_sid;
    key.secret = "secret";
    return {std::move(main), std::move(key)};
  }
  std::string token_for(const std::string& identity, base::json::object parameters = {}) const {
    identity::AccessToken token;
    token.account_sid = account_sid;
    token.key_sid = key_sid;
    token.identity = identity;
    token.lifetime = 24h;
    token.voice = {true, application_sid, std::move(parameters)};
    return identity::sign_access_token(token, "secret", store.loop.wall_now());
  }
  /// The document that answers calls of pages.
  void answer_calls_with(const std::string& verbs) {
    web.documents["https://app.example/voice"] = "<Response>" + verbs + "</Response>";
  }

  store::testing::Fixture store;
  base::SeededRandom random{1};
  base::WorkerPool pool{store.loop, 0};
  gateway::media::Plane plane{
      store.loop, random, {.drive = gateway::media::Plane::Settings::Drive::by_owner}
  };
  Silence speech;
  Web web;
  call::Outbox outbox{store.loop, *store.store, web};
  call::EventFeed feed;
  call::DialPlan dial_plan;
  call::NumberTable numbers;
  call::NumberDirectory directory{{store.loop, *store.store, numbers}, account_sid};
  identity::Accounts accounts{
      store.loop, *store.store, random, identity::Sealer({}), accounts_of_house()
  };
  twiml::StatusCallbackFormat callback_format;
  twiml::MediaFiles media_files{web, pool};
  twiml::TwimlPrograms twiml{{web, speech, media_files, random}};
  ModelledPeers peers{plane};
  Signalling signalling{{store.loop, random, accounts, directory, *store.store, outbox, plane}};
  std::optional<call::Switchboard> switchboard;
};

/// A page and what its SDK would say.
class Page {
 public:
  explicit Page(House& house, std::string identity = {})
      : house_(house), tasks_(house.store.loop), socket_(house.store.loop) {
    http::Request request;
    tasks_.spawn(house_.signalling.serve(socket_, std::move(request)));
    if (!identity.empty()) {
      listen(house.token_for(identity));
      say("register", {{"media", base::json::object{{"audio", true}}}});
      EXPECT_EQ(heard(), "connected ready ");
    }
  }

  void say(std::string_view type, base::json::object payload) {
    base::json::object message{{"type", type}, {"version", "1.6"}};
    message["payload"] = std::move(payload);
    socket_.inbox.push(base::json::serialize(message));
    house_.pass(20ms);
  }
  void listen(const std::string& token) { say("listen", {{"token", token}}); }
  void beat() {
    socket_.inbox.push(std::string("\n"));
    house_.pass(1ms);
  }
  /// Alive for so long: answers heartbeats.
  void live(base::Duration time) {
    for (base::Duration lived{0}; lived < time; lived += 5s) {
      house_.pass(std::min<base::Duration>(5s, time - lived));
      beat();
    }
  }
  void vanish() {
    socket_.inbox.push(base::fail(base::Errc::cancelled, "gone", 1006));
    house_.pass(20ms);
  }

  /// Types of what was heard since the last time, with `(code)` of errors.
  std::string heard() {
    house_.pass(20ms);
    std::string all;
    while (!socket_.outbox.empty()) {
      const std::string frame = socket_.outbox.front();
      socket_.outbox.pop_front();
      if (frame == "\n") continue;
      const auto message = base::json::parse(frame);
      EXPECT_TRUE(message) << frame;
      if (!message) continue;
      const std::string type(*base::json::find_string(*message, "type"));
      last_[type] = *message;
      all += type;
      const std::string code = text_of(*message, "/payload/error/code");
      all += code.empty() ? " " : "(" + code + ") ";
    }
    return all;
  }
  /// A member of the last message of that type: `/callsid`.
  std::string last(const std::string& type, const std::string& pointer) {
    return text_of(last_[type], "/payload" + pointer);
  }

 private:
  static std::string text_of(const base::json::value& message, const std::string& pointer) {
    boost::system::error_code error;
    const base::json::value* found = message.find_pointer(pointer, error);
    if (found == nullptr) return {};
    return found->is_string() ? std::string(found->as_string()) : base::json::serialize(*found);
  }

  House& house_;
  base::TaskGroup tasks_;
  QueueSocket socket_;
  std::map<std::string, base::json::value> last_;
};

}  // namespace belfry::compat::twilio::voice_sdk::testing
