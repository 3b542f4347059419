#include "sip/session_timer.hpp"

#include <algorithm>

namespace belfry::sip {

namespace {

constexpr std::uint32_t longest_s = 86400;
using Refresher = SessionExpires::Refresher;

}  // namespace

bool SessionTimer::is_too_short(const Message& request) const {
  const auto asked = request.session_expires();
  return asked && asked->seconds < settings_.minimum_s &&
         request.has_option(HeaderId::supported, "timer");
}

std::string SessionTimer::request_value() const {
  std::string value = std::to_string(asked_s_);
  if (running_) value += we_refresh_ ? ";refresher=uac" : ";refresher=uas";
  return value;
}

bool SessionTimer::raise_to(const Message& response) {
  const auto minimum = response.min_se();
  if (!minimum || *minimum <= asked_s_ || *minimum > longest_s) return false;
  asked_s_ = *minimum;
  return true;
}

std::optional<std::string> SessionTimer::answer(const Message& request, base::Instant now) {
  const auto asked = request.session_expires();
  const bool peer_knows = request.has_option(HeaderId::supported, "timer");
  std::uint32_t seconds = settings_.interval_s;
  if (asked) seconds = std::min(seconds, std::max(asked->seconds, settings_.minimum_s));
  seconds = std::max(seconds, request.min_se().value_or(0));  // never below what the peer allows
  seconds = std::min(seconds, longest_s);
  // The peer refreshes when it offers to; a peer without timers cannot, so we do.
  const bool peer_refreshes = peer_knows && asked && asked->refresher != Refresher::uas;
  run(seconds, !peer_refreshes, now);
  if (!peer_knows) return std::nullopt;
  return std::to_string(seconds) + (peer_refreshes ? ";refresher=uac" : ";refresher=uas");
}

void SessionTimer::start(const Message& response, base::Instant now) {
  const auto agreed = response.session_expires();
  // Without the header the peer does not know timers; we refresh all the same, to notice its death.
  if (!agreed) return run(asked_s_, true, now);
  const std::uint32_t seconds = std::clamp(agreed->seconds, settings_.minimum_s, longest_s);
  run(seconds, agreed->refresher != Refresher::uas, now);
}

void SessionTimer::postpone_refresh(base::Instant until) {
  if (refresh_at_) refresh_at_ = until;
}

std::optional<base::Instant> SessionTimer::next_timeout() const {
  if (refresh_at_ && expires_at_) return std::min(*refresh_at_, *expires_at_);
  return refresh_at_ ? refresh_at_ : expires_at_;
}

SessionTimer::Due SessionTimer::due(base::Instant now) const {
  if (expires_at_ && now >= *expires_at_) return Due::expired;
  return refresh_at_ && now >= *refresh_at_ ? Due::refresh : Due::nothing;
}

void SessionTimer::run(std::uint32_t seconds, bool we_refresh, base::Instant now) {
  const std::chrono::seconds interval(seconds);
  running_ = true;
  we_refresh_ = we_refresh;
  refresh_at_.reset();
  if (we_refresh) refresh_at_ = now + interval / 2;
  // RFC 4028 section 10: BYE goes out the smaller of 32 s and a third before the end.
  expires_at_ =
      now + interval - std::min<std::chrono::seconds>(std::chrono::seconds(32), interval / 3);
}

}  // namespace belfry::sip
