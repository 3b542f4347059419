#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "call/handset.hpp"
#include "call/number_directory.hpp"
#include "call/switchboard.hpp"
#include "compat/twilio/voice_sdk/browser_call.hpp"
#include "compat/twilio/voice_sdk/registry.hpp"
#include "compat/twilio/voice_sdk/session.hpp"
#include "compat/twilio/voice_sdk/user_messages.hpp"
#include "http/message.hpp"
#include "identity/accounts.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// The pages with Twilio's Voice SDK: their sockets (`/signal`), who they are, and their calls in
/// both directions. The carrier of `client:` parties. Control thread; outlives the legs and the
/// sockets.
class Signalling final : public call::Carrier,
                         public call::Handsets,
                         private DeviceOwner,
                         private CallHouse {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    identity::Accounts& accounts;
    const call::NumberDirectory& directory;
    call::Journal& journal;
    call::Outbox& outbox;
    call::MediaPlane& media;
    Session::Settings place = {};  // where pages are told that they are
  };
  explicit Signalling(const Environment& environment);
  ~Signalling() override;

  /// Pages can call from now on.
  void connect(call::Switchboard& switchboard) { switchboard_ = &switchboard; }
  /// Without it pages can register, and have no calls. Outlives this.
  void set_peers(gateway::webrtc::Peers* peers) { peers_ = peers; }

  /// Pages of the main account may be handsets of these from now on.
  void set_telephones(call::HandsetTelephones* telephones) { telephones_ = telephones; }

  static constexpr std::size_t max_frame = 64 << 10;
  /// One socket, as long as it lives.
  base::Task<void> serve(http::WebSocket& socket, http::Request request);

  // call::Carrier
  std::string_view name() const override { return "client"; }
  bool available() const override { return peers_ != nullptr; }
  base::Result<std::unique_ptr<call::Endpoint>> open(
      const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
  ) override;

  // call::Handsets
  bool has_handset(const std::string& number) const override;
  std::unique_ptr<call::Endpoint> open_handset(
      const std::string& number, const std::string& other, call::EndpointListener& listener
  ) override;

  /// What applications and pages say to each other during a call.
  UserMessages& messages() { return messages_; }
  bool is_browser_call(const std::string& call_sid) const { return calls_.contains(call_sid); }
  /// @param content JSON text. @return the message's SID (KX…); Errc::not_found when the call is no
  /// page's, Errc::unavailable while its socket is lost.
  base::Result<std::string> tell(const std::string& call_sid, std::string content);

  std::size_t devices() const { return devices_.size(); }
  std::size_t registered_identities() const { return registry_.identities(); }

 private:
  class Attendance;
  // DeviceOwner
  void on_bound(Device& device) override;
  void on_unbound(Device& device) override { registry_.unbind(device); }
  void on_said(Device& device, ClientMessage message) override;
  bool has_calls(const Device& device) override;
  // CallHouse
  base::Loop& loop() override { return environment_.loop; }
  base::Random& random() override { return environment_.random; }
  call::MediaPlane& media() override { return environment_.media; }
  base::Result<std::unique_ptr<Connection>> connect() override { return Connection::open(peers_); }
  void discard(std::unique_ptr<Connection> connection) override;
  std::vector<Device*> devices_to_ring(const BrowserCall& call) override;
  void add(BrowserCall& call) override;
  void remove(BrowserCall& call) override;

  base::Result<Grant> verify(std::string_view token) const;
  void leave(Device& device);
  void end_withdrawn();
  std::vector<BrowserCall*> calls() const;
  BrowserCall* find(const Device& device, const std::string& call_sid) const;
  void hear(Device& device, const Invite& invite);
  void hear(Device& device, const Answer& answer);
  void hear(Device& device, const UserMessage& message);
  void place(Device& device, const Invite& invite);
  /// Our side of the media of a page's call.
  struct Answered {
    std::unique_ptr<Connection> connection;
    std::string sdp;
  };
  base::Result<Answered> answer_offer(const Device& device, const Invite& invite);
  static void refuse(Device& device, const Invite& invite, int code, const std::string& why);
  /// The number of the telephone whose handset the page is; nothing when it is none.
  std::optional<std::string> telephone_of(const Device& device) const;
  void dial_with_handset(Device& device, const Invite& invite, const std::string& number);

  Environment environment_;
  call::Switchboard* switchboard_ = nullptr;
  call::HandsetTelephones* telephones_ = nullptr;
  gateway::webrtc::Peers* peers_ = nullptr;
  std::set<Device*> devices_;
  Registry registry_;
  std::map<std::string, BrowserCall*> calls_;
  UserMessages messages_;
  std::vector<std::unique_ptr<Connection>> discarded_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // shared with posted work
};

}  // namespace belfry::compat::twilio::voice_sdk
