#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "sdp/offer_answer.hpp"
#include "sip/dialog.hpp"
#include "sip/digest_client.hpp"
#include "sip/extension_headers.hpp"
#include "sip/message.hpp"
#include "sip/multipart.hpp"
#include "sip/session_timer.hpp"
#include "sip/transaction.hpp"

namespace belfry::sip {

/// Names a transaction at the border to the transaction layer. Those of our requests are minted by
/// the session (from 1), those of requests to us by the layer.
using TransactionToken = std::uint64_t;

/// What the owner hands to the transaction layer. Requests come without Via: the layer adds it with
/// this branch.
struct SendRequest {
  TransactionToken transaction = 0;
  Message message;
  std::string branch;
};
/// ACK to a 2xx: no transaction, straight to the transport.
struct SendAck {
  Message message;
  std::string branch;
};
/// For an INVITE the same 2xx may come again until ACK: the layer passes it on.
struct SendResponse {
  TransactionToken transaction = 0;
  Message message;
};
/// The layer sends CANCEL as soon as a provisional response has come, and tells how the INVITE
/// ends.
struct SendCancel {
  TransactionToken invite = 0;
  std::string reason;  // a Reason value, or empty
};
using SessionTransmit = std::variant<SendRequest, SendAck, SendResponse, SendCancel>;

enum class EndedBy { us, remote, network };  // network: no answer, session timer, lost ACK

struct Ringing {
  int status = 180;
};
/// `audio` is from the newest answer of any fork.
struct EarlyMedia {
  sdp::AudioStream audio;
};
struct Answered {
  sdp::AudioStream audio;
  ExtensionHeaders headers = {};  // of the 2xx to our call
};
/// Hold is `audio.held_by_remote()`.
struct MediaChanged {
  sdp::AudioStream audio;
};
/// The other end refused our hold, resume or refresh; the last agreement stands.
struct ModifyFailed {
  int status = 0;
};
struct DigitPressed {
  char digit = 0;
  std::chrono::milliseconds duration{};
};
/// What the other end said to our REFER: 202, a refusal, or 408 when nothing came.
struct ReferAnswered {
  int status = 0;
};
/// What it says of the call that it makes; `status` 0 when that could not be read.
struct ReferProgress {
  int status = 0;
  bool over = false;
};
/// The other end wants to be connected to `target`, a URI. `answer_refer` answers it.
struct ReferRequested {
  std::string target;
};
/// Comes exactly once and last. `status` is 200 after an answered call that was hung up, 487 when
/// cancelled. `cause` is Q.850's from a Reason header, else 0.
struct Ended {
  EndedBy by = EndedBy::us;
  int status = 200;
  std::string reason;
  int cause = 0;
  ExtensionHeaders headers = {};  // of a final response that refused our call
};
using SessionEvent = std::variant<
    Ringing, EarlyMedia, Answered, MediaChanged, ModifyFailed, DigitPressed, ReferAnswered,
    ReferProgress, ReferRequested, Ended>;

/// One leg's call signalling: INVITE and all that follows, both roles (RFC 3261 sections 9, 12-15;
/// RFC 3262 PRACK; RFC 3264; RFC 3311 UPDATE; RFC 3515 REFER; RFC 4028; INFO digits). A machine on
/// top of the transaction layer: it knows no Via, no address, no retransmission but that of 2xx and
/// its ACK. After each call drain `poll_transmit` and `poll_event`. Reads no clock; one thread.
/// Memory is bounded: 16 forks. Identifiers come from the caller (rule R3); requests to us must fit
/// Call-ID and both tags (rule S8); credentials are used only for challenges of the trunk (rule
/// S5); redirects are not followed.
class InviteSession {
 public:
  struct Settings {
    std::string local_tag;
    std::string branch;      // of the first request, with the cookie; later ones are made from it
    std::string contact;     // a Contact value: "<sip:192.0.2.1:5060>"
    std::string user_agent;  // User-Agent or Server; empty: none
    sdp::Capabilities media;
    std::string sdp_session_id = "1";
    std::optional<DigestClient::Settings> credentials;
    SessionTimer::Settings session_timer;
    TransactionTimers timers;
  };
  /// The call that we make. `from` and `to` are header values without tag.
  struct Target {
    std::string call_id;
    std::string request_uri;
    std::string from, to;
    std::vector<std::pair<std::string, std::string>> headers = {};  // further ones of the INVITE
    std::vector<BodyPart> parts = {};  // what its body has besides the SDP
  };
  enum class State {
    calling,      // INVITE sent, nothing heard
    proceeding,   // a provisional response came
    cancelling,   // CANCEL sent, no final answer yet
    incoming,     // INVITE came, not answered
    accepted,     // 2xx sent, no ACK yet
    established,  //
    ending,       // BYE sent
    ended,
  };

  static InviteSession outgoing(Settings settings, Target target, base::Random& random);
  /// A broken or unacceptable INVITE is answered at once (400, 415, 420, 422, 488): then `state()`
  /// is ended. Otherwise the owner rings, answers or rejects.
  static InviteSession incoming(
      Settings settings, TransactionToken transaction, const Message& invite, base::Random& random
  );

  /// Incoming, before the answer; without effect in another state. `status` 180..199.
  void ring(base::Instant now, int status = 180);
  /// 183 with our SDP: media may flow. Only when the INVITE brought an offer.
  void early_media(base::Instant now);
  void answer(base::Instant now);
  /// `status` 300..699.
  void reject(int status, std::string_view reason = {});

  /// Ends it, whatever it is: CANCEL, 603 or BYE. `reason` becomes the Reason header's value.
  void hang_up(std::string_view reason = {});
  /// What we want our media to do: sendonly is hold, sendrecv resume. Offered as soon as possible.
  void set_direction(sdp::Direction wanted, base::Instant now);

  /// Asks the other end to call `target` instead. @return false when it is not answered, or another
  /// such request has not ended.
  bool refer(
      const std::string& target, const std::vector<std::pair<std::string, std::string>>& headers
  );
  /// After `ReferRequested`: 202, or a refusal of 300 or more.
  void answer_refer(int status);
  /// After 202: how the call to the target goes; 200 or more is the last word.
  void report_referral(int status);

  /// A request other than ACK and CANCEL from the layer.
  void handle_request(TransactionToken transaction, const Message& request, base::Instant now);
  void handle_ack(const Message& ack, base::Instant now);
  /// The layer got, matched and answered a CANCEL for our incoming INVITE.
  void handle_cancel(const Message& cancel);
  /// @param from who a 401 or 407 comes from (rule S5).
  void handle_response(
      TransactionToken transaction, const Message& response, ChallengeFrom from, base::Instant now
  );
  /// The layer gave up on a request of ours: 408 nothing came, 503 the transport failed.
  void handle_failure(TransactionToken transaction, int status, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  std::optional<SessionTransmit> poll_transmit();
  std::optional<SessionEvent> poll_event();

  State state() const { return state_; }
  /// True when the owner may let go: late answers of forks need no ACK any more.
  bool finished(base::Instant now) const {
    return state_ == State::ended && (!linger_until_ || now >= *linger_until_);
  }
  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return settings_.local_tag; }
  /// Of the dialog, or of the newest early one; nothing before a tag came.
  std::optional<DialogSnapshot> snapshot() const;
  const std::optional<sdp::AudioStream>& audio() const { return media_.audio(); }
  /// Of `Capabilities::tracks` those that the other end takes; which is `media_index`.
  const std::vector<sdp::AudioStream>& tracks() const { return media_.agreement().tracks; }
  /// Incoming: the headers of the INVITE that a response is made from, as a whole message.
  std::string invite_head() const;

 private:
  struct Early {
    Dialog dialog;
    std::optional<sdp::Description> answer;
    std::optional<std::uint32_t> rseq = {};  // of the last reliable provisional
  };
  struct Fork {  // answered after another one had won
    std::string tag;
    SendAck ack;
  };
  struct Unacknowledged {  // our 2xx to an INVITE
    TransactionToken transaction = 0;
    Message response;
    std::uint32_t cseq = 0;
    ReliableFinal repeat;
    bool answer_expected = false;  // our offer was in it
  };
  struct Modify {  // our re-INVITE or UPDATE
    Method method = Method::invite;
    TransactionToken transaction = 0;
    std::uint32_t cseq = 0;
    bool has_offer = false;
    base::Instant give_up_at;
  };

  /// What the caller says of 100rel.
  enum class PeerReliability { none, supported, required };
  struct Unconfirmed {  // our reliable provisional
    Message response;
    std::uint32_t rseq = 0;
    bool with_media = false;
    ReliableFinal repeat;
  };
  struct Provisional {
    int status = 0;
    bool with_media = false;
  };
  struct Referral {  // our REFER
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers;
    TransactionToken transaction = 0;  // 0: answered
  };
  struct ReferRequest {                // theirs
    TransactionToken transaction = 0;  // 0: answered
    Message message;
    std::uint32_t cseq = 0;
    bool is_silent = false;  // they want no NOTIFY
  };

  InviteSession(Settings settings, base::Random& random);
  void enter(State next);
  void end(
      EndedBy by, int status, std::string reason, int cause = 0, ExtensionHeaders headers = {}
  );
  void tell(SessionEvent event);
  void end_by(EndedBy by, int status, const Message& message);

  // Outgoing (invite_session_outgoing.cpp).
  void send_invite();
  void on_invite_response(const Message& response, ChallengeFrom from, base::Instant now);
  void on_invite_provisional(const Message& response);
  void on_invite_success(const Message& response, base::Instant now);
  void on_invite_refused(const Message& response, ChallengeFrom from);
  Early* early_of(const Message& response);
  void take_early_answer(Early& early, const Message& response);
  void establish(const Message& response, base::Instant now);
  void end_fork(const Message& response);
  bool retry_with_credentials(const Message& response, ChallengeFrom from);

  // Incoming (invite_session_incoming.cpp).
  void take_invite();
  void send_provisional(int status, bool with_media, base::Instant now);
  void accept(
      TransactionToken transaction, const Message& invite, const sdp::Description& ours,
      bool answer_expected, base::Instant now
  );
  void refuse_invite(int status, std::string_view reason);

  // Reliable provisionals (invite_session_reliable.cpp).
  bool is_reliable_now(bool with_media) const;
  void make_reliable(MessageBuilder& builder);
  void await_prack(Message response, bool with_media, base::Instant now);
  void on_prack(TransactionToken transaction, const Message& prack, base::Instant now);
  void repeat_unconfirmed(base::Instant now);
  bool take_reliable(Early& early, const Message& response);

  // REFER (invite_session_referral.cpp).
  void send_refer();
  void on_refer_response(const Message& response, ChallengeFrom from);
  void end_referral_request(int status);
  void on_notify(TransactionToken transaction, const Message& notify);
  void on_refer(TransactionToken transaction, const Message& refer);
  void notify_referral(int status);

  // Within the dialog (invite_session_dialog.cpp).
  Dialog* dialog_of(const Message& request);
  void on_bye(TransactionToken transaction, const Message& bye);
  void on_info(TransactionToken transaction, const Message& info);
  void on_reinvite(TransactionToken transaction, const Message& invite, base::Instant now);
  void on_update(TransactionToken transaction, const Message& update, base::Instant now);
  void take_answer_in_ack(const Message& ack);
  void send_bye(std::string_view reason);
  void give_up(int status, std::string reason);
  void tell_if_changed(const sdp::Agreement& before);

  // Our re-INVITE and UPDATE (invite_session_modify.cpp).
  void modify_when_possible(base::Instant now);
  void send_modify(Method method, bool with_offer, base::Instant now);
  void on_modify_response(const Message& response, ChallengeFrom from, base::Instant now);
  void on_modify_success(const Modify& done, const Message& response, base::Instant now);
  void on_modify_refused(
      const Modify& done, const Message& response, ChallengeFrom from, base::Instant now
  );
  void refresh(base::Instant now);

  // Small things.
  MessageBuilder respond(const Message& request, int status, std::string_view reason = {}) const;
  void reply(TransactionToken transaction, const Message& request, int status);
  void reply_later(TransactionToken transaction, const Message& request);  // 500 with Retry-After
  /// These two answer the request themselves when they return true.
  bool refuse_extensions(TransactionToken transaction, const Message& request);
  bool refuse_short_timer(TransactionToken transaction, const Message& request);
  static void add_abilities(MessageBuilder& builder);
  void add_timer_headers(MessageBuilder& builder) const;
  void add_answer_headers(MessageBuilder& builder, const Message& request, base::Instant now);
  void authorize(MessageBuilder& builder, Method method, std::string_view uri);
  TransactionToken send(Message message);
  void acknowledge(Dialog& dialog, std::uint32_t cseq);
  std::string next_branch();
  base::Duration patience() const { return settings_.timers.lifetime(); }

  Settings settings_;
  base::Random& random_;
  State state_ = State::calling;
  bool we_called_ = false;
  bool told_end_ = false;
  Target target_;
  std::string call_id_;
  sdp::OfferAnswer media_;
  SessionTimer timer_;
  std::optional<DigestClient> digest_;

  std::optional<Message> invite_;  // the one that we sent last, or that came
  TransactionToken invite_transaction_ = 0;
  std::uint32_t invite_cseq_ = 0;
  sdp::Description first_offer_;
  std::string hang_up_reason_;
  bool told_ringing_ = false;
  int timer_retries_ = 0;
  std::optional<base::Instant> linger_until_;

  std::vector<Early> early_;
  std::vector<Fork> forks_;
  std::optional<Dialog> dialog_;
  std::map<std::uint32_t, SendAck> acks_;  // by CSeq, the newest two
  std::optional<Unacknowledged> unacknowledged_;
  bool bye_wanted_ = false;  // as soon as the ACK came
  TransactionToken bye_transaction_ = 0;

  sdp::Direction direction_ = sdp::Direction::sendrecv;
  bool offer_wanted_ = false;
  bool peer_takes_update_ = false;
  std::optional<Modify> modify_;
  std::optional<base::Instant> modify_again_at_;
  int modify_retries_ = 0;

  int provisional_status_ = 0;
  bool provisional_media_ = false;
  std::optional<base::Instant> provisional_again_at_;
  PeerReliability peer_reliability_ = PeerReliability::none;
  std::uint32_t last_rseq_ = 0;
  std::optional<Unconfirmed> unconfirmed_;
  std::optional<Provisional> next_provisional_;  // when that one is confirmed
  bool answer_wanted_ = false;                   // likewise

  std::optional<Referral> referral_;
  std::optional<ReferRequest> refer_request_;

  TransactionToken last_token_ = 0;
  std::uint32_t branches_ = 0;
  std::deque<SessionTransmit> outbox_;
  std::deque<SessionEvent> events_;
};

}  // namespace belfry::sip
