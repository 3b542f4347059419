#include "gateway/sip/recording_session.hpp"

#include "base/log.hpp"
#include "gateway/media/srtp_wire.hpp"
#include "gateway/sip/call_terms.hpp"
#include "gateway/sip/identifiers.hpp"
#include "gateway/sip/trunk.hpp"
#include "sip/recording_metadata.hpp"

namespace belfry::gateway::sip {
namespace {

using base::Errc;
using base::Result;
using namespace belfry::sip;

std::vector<call::Track> tracks_of(call::Track track) {
  if (track == call::Track::both) return {call::Track::inbound, call::Track::outbound};
  return {track};
}

/// The label of its m-line, and of its stream in the metadata.
std::string label_of(call::Track track) {
  return track == call::Track::inbound ? "1" : "2";
}

/// The recorder has not taken the call in hand: another address of it may.
bool is_dead_target(const Ended& ended) {
  return ended.status == 503 || (ended.by == EndedBy::network && ended.status == 408);
}

std::string why(const Ended& ended) {
  std::string text = "the recorder said " + std::to_string(ended.status);
  if (ended.by == EndedBy::network) text = "the recorder cannot be reached";
  if (!ended.reason.empty()) text += ": " + ended.reason;
  return text;
}

}  // namespace

Result<std::unique_ptr<RecordingSession>> RecordingSession::open(
    const CallContext& context, const RecorderSettings& recorder, const Locate& locate,
    call::OutsideRecordingOrder order, call::OutsideRecordingListener& listener
) {
  std::unique_ptr<RecordingSession> made(
      new RecordingSession(context, recorder, std::move(order), listener)
  );
  BELFRY_CHECK(made->open_tracks());
  made->tasks_.spawn(made->locate_and_call(locate));
  return made;
}

RecordingSession::RecordingSession(
    const CallContext& context, RecorderSettings recorder, call::OutsideRecordingOrder order,
    call::OutsideRecordingListener& listener
)
    : context_(context),
      recorder_(std::move(recorder)),
      order_(std::move(order)),
      listener_(listener),
      tasks_(context.agent.loop()) {}

RecordingSession::~RecordingSession() {
  let_go();
}

Result<> RecordingSession::open_tracks() {
  for (const call::Track track : tracks_of(order_.track)) {
    BELFRY_TRY(wire, context_.plane.open_wire());
    lines_.push_back({wire->port(), label_of(track)});
    senders_.emplace_back(
        track, std::make_unique<media::SrtpWire>(std::move(wire)),
        order_.sid + '@' + context_.agent.settings().public_host, context_.agent.random()
    );
  }
  return {};
}

/// Where to is the operator's own word, as with a trunk: only those addresses are called, and only
/// they get the recorder's credentials (rules S5, W1).
base::Task<void> RecordingSession::locate_and_call(Locate locate) {
  auto locating = locate_targets(context_.agent, std::move(locate), {}, recorder_.uri);
  auto located = co_await std::move(locating);
  // Not before the owner has what `open` returns.
  co_await base::sleep_for(context_.agent.loop(), base::Duration::zero());
  if (!located) {
    end(base::fail(Errc::unavailable, "the recorder: " + located.error().message));
    co_return;
  }
  targets_ = std::move(*located);
  std::erase_if(targets_, [this](const Target& target) { return !may_call(target); });
  if (targets_.empty()) {
    end(base::fail(Errc::unavailable, "the recorder has no address that may be called"));
    co_return;
  }
  call_next();
}

/// Rather no recording than one that is not encrypted.
bool RecordingSession::may_call(const Target& target) const {
  using belfry::sdp::Encryption;
  return recorder_.encryption != Encryption::required ||
         encryption_over(recorder_.encryption, target.flow, context_.keys_over_plain) ==
             Encryption::required;
}

// --- The dialog ---

void RecordingSession::call_next() {
  const Target& target = targets_[next_target_++];
  const auto peer = recorder_.username.empty() ? SessionDriver::Peer::somebody_else
                                               : SessionDriver::Peer::configured_trunk;
  driver_ = &context_.agent.adopt(std::make_unique<SessionDriver>(
      context_.agent,
      InviteSession::outgoing(
          session_settings(target), invitation(target), context_.agent.random()
      ),
      target.flow, peer
  ));
  driver_->set_owner("recorder " + recorder_.name);
  driver_->set_observer(this);
  context_.agent.loop().cancel(patience_timer_);
  patience_timer_ = context_.agent.loop().call_after(patience, [this] {
    patience_timer_ = 0;
    gave_up_ = true;
    driver_->hang_up({});
  });
  driver_->start();
}

InviteSession::Settings RecordingSession::session_settings(const Target& target) const {
  const Identifiers identifiers(context_.agent.settings().server_key, order_.sid);
  InviteSession::Settings settings;
  settings.local_tag = identifiers.local_tag();
  settings.branch = identifiers.branch(next_target_);
  settings.contact = context_.agent.contact(target.flow, {}, recorder_.uri.scheme) + ";+sip.src";
  settings.user_agent = context_.agent.settings().user_agent;
  settings.media.address = context_.media_address;
  settings.media.codecs = codecs_named({"PCMU", "PCMA"});
  settings.media.telephone_events = false;
  set_encryption(
      settings.media, encryption_over(recorder_.encryption, target.flow, context_.keys_over_plain),
      identifiers.media_secret(next_target_)
  );
  settings.media.tracks = lines_;
  settings.sdp_session_id = identifiers.sdp_session();
  if (!recorder_.username.empty())
    settings.credentials = DigestClient::Settings{recorder_.username, recorder_.password};
  settings.session_timer = context_.session_timer;
  settings.timers = context_.agent.settings().layer.timers;
  return settings;
}

InviteSession::Target RecordingSession::invitation(const Target& target) const {
  const Identifiers identifiers(context_.agent.settings().server_key, order_.sid);
  return {
      .call_id = identifiers.call_id(),
      .request_uri = target.request_uri,
      .from = caller_header("recording", context_.agent.settings().public_host),
      .to = '<' + recorder_.uri.to_string() + '>',
      .headers = {{"Require", "siprec"}},
      .parts = {{recording_metadata_type, "recording-session", metadata()}},
  };
}

std::string RecordingSession::metadata() const {
  RecordingMetadata metadata;
  metadata.recording_sid = order_.sid;
  metadata.call_sid = order_.call_sid;
  metadata.account_sid = order_.account_sid;
  metadata.started = context_.agent.loop().wall_now();
  metadata.participants = {{order_.party}, {order_.other}};
  for (const TrackSender& sender : senders_)
    metadata.streams.push_back(
        {label_of(sender.track()), sender.track() == call::Track::inbound ? 0U : 1U}
    );
  metadata.parameters = order_.parameters;
  return to_xml(metadata);
}

void RecordingSession::on_session_event(SessionDriver& driver, const SessionEvent& event) {
  if (const auto* over = std::get_if<Ended>(&event)) {
    on_driver_ended(*over);
  } else if (std::holds_alternative<Answered>(event)) {
    start();
  } else if (std::holds_alternative<MediaChanged>(event)) {
    follow_agreement();
  } else if (std::holds_alternative<ReferRequested>(event)) {
    driver.answer_refer(603);
  }
}

void RecordingSession::on_trace(std::string type, base::json::object data) {
  base::log::debug(type, {{"recording", order_.sid}, {"what", base::json::serialize(data)}});
}

void RecordingSession::start() {
  if (gave_up_) return;
  context_.agent.loop().cancel(std::exchange(patience_timer_, 0));
  started_ = true;
  follow_agreement();
  tap_ = context_.plane.add_tap(order_.seat, order_.track, this);
  listener_.on_recording_started();
}

/// Each track goes where the recorder wants it, or nowhere when it is refused or paused.
void RecordingSession::follow_agreement() {
  for (TrackSender& sender : senders_) sender.pause();
  for (const belfry::sdp::AudioStream& agreed : driver_->session().tracks()) {
    const auto terms = to_media_terms(agreed, driver_->flow().remote.address);
    if (terms) senders_[agreed.media_index].set_terms(*terms, context_.agent.loop().now());
  }
}

void RecordingSession::on_driver_ended(const Ended& ended) {
  std::exchange(driver_, nullptr)->release();
  if (!started_ && !gave_up_ && is_dead_target(ended) && next_target_ < targets_.size())
    return call_next();
  if (gave_up_) return end(base::fail(Errc::timed_out, "the recorder did not answer"));
  const bool wants_no_more = started_ && ended.by == EndedBy::remote && ended.status == 200;
  if (wants_no_more) return end({});
  end(base::fail(Errc::unavailable, why(ended), ended.status));
}

// --- The audio ---

void RecordingSession::on_audio(
    call::Track track, base::Duration since_start, std::span<const std::int16_t> samples
) {
  base::Loop& loop = context_.agent.loop();
  for (TrackSender& sender : senders_)
    if (sender.track() == track) sender.send(since_start, samples, loop.now(), loop.wall_now());
}

void RecordingSession::let_go() {
  base::Loop& loop = context_.agent.loop();
  loop.cancel(std::exchange(patience_timer_, 0));
  if (started_) context_.plane.remove_tap(tap_);
  for (TrackSender& sender : senders_) sender.finish(loop.now(), loop.wall_now());
  if (driver_ == nullptr) return;
  driver_->set_observer(nullptr);
  driver_->hang_up({});
  std::exchange(driver_, nullptr)->release();
}

void RecordingSession::end(Result<> how) {
  if (std::exchange(ended_, true)) return;
  let_go();
  started_ = false;
  listener_.on_recording_ended(std::move(how));
}

}  // namespace belfry::gateway::sip
