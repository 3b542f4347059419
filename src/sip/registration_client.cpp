#include "sip/registration_client.hpp"

#include <algorithm>

namespace belfry::sip {

namespace {

constexpr base::Duration first_back_off = std::chrono::seconds(2);
constexpr base::Duration longest_back_off = std::chrono::minutes(5);
constexpr std::uint32_t longest_s = 86400;

}  // namespace

RegistrationClient::RegistrationClient(Settings settings, base::Random& random)
    : settings_(std::move(settings)), random_(random) {
  if (settings_.credentials) digest_.emplace(*settings_.credentials, random_);
}

void RegistrationClient::start(base::Instant) {
  if (state_ != State::idle && state_ != State::unregistered) return;
  state_ = State::registering;
  send(settings_.expires_s);
}

void RegistrationClient::stop(base::Instant now) {
  if (state_ == State::unregistering || state_ == State::unregistered) return;
  next_at_.reset();
  if (state_ == State::registering || is_registered(now)) {
    state_ = State::unregistering;
    return send(0);
  }
  state_ = State::unregistered;
  event_ = Unregistered{};
}

void RegistrationClient::send(std::uint32_t expires_s) {
  MessageBuilder out = MessageBuilder::request("REGISTER", settings_.registrar);
  const std::string party = '<' + settings_.address_of_record + '>';
  out.add(HeaderId::max_forwards, 70)
      .add(HeaderId::from, party + ";tag=" + settings_.local_tag)
      .add(HeaderId::to, party)
      .add(HeaderId::call_id, settings_.call_id)
      .add(HeaderId::cseq, std::to_string(++cseq_) + " REGISTER")
      .add(HeaderId::contact, settings_.contact)
      .add(HeaderId::expires, expires_s);
  if (!settings_.user_agent.empty()) out.add(HeaderId::user_agent, settings_.user_agent);
  if (digest_)
    if (const auto header = digest_->authorize("REGISTER", settings_.registrar))
      out.add(header->id, header->value);
  outbox_ =
      Send{++transaction_, out.build(), settings_.branch + '.' + std::to_string(transaction_)};
}

void RegistrationClient::handle_response(
    std::uint64_t transaction, const Message& response, ChallengeFrom from, base::Instant now
) {
  const bool waiting = state_ == State::registering || state_ == State::unregistering;
  if (!waiting || transaction != transaction_ || response.status() < 200) return;
  const int status = response.status();
  if (status < 300) return on_success(response, now);
  if ((status == 401 || status == 407) && digest_ && digest_->take_challenge(response, from))
    return send(state_ == State::unregistering ? 0 : settings_.expires_s);
  const auto minimum = response.number(HeaderId::min_expires);
  if (status == 423 && minimum && !raised_ && *minimum > settings_.expires_s &&
      *minimum <= longest_s) {
    raised_ = true;
    settings_.expires_s = *minimum;
    return send(settings_.expires_s);
  }
  const std::uint32_t later = response.number(HeaderId::retry_after).value_or(0);
  on_failure(status, std::chrono::seconds(std::min(later, 3600U)), now);
}

void RegistrationClient::handle_failure(std::uint64_t transaction, int status, base::Instant now) {
  if (state_ != State::registering && state_ != State::unregistering) return;
  if (transaction == transaction_) on_failure(status, {}, now);
}

void RegistrationClient::handle_timeout(base::Instant now) {
  if (!next_at_ || now < *next_at_) return;
  next_at_.reset();
  state_ = State::registering;
  send(settings_.expires_s);
}

void RegistrationClient::on_success(const Message& response, base::Instant now) {
  if (digest_) digest_->accepted();
  if (state_ == State::unregistering) {
    state_ = State::unregistered;
    expires_at_.reset();
    event_ = Unregistered{};
    return;
  }
  const base::Duration granted = std::chrono::seconds(granted_in(response));
  state_ = State::registered;
  failures_ = 0;
  raised_ = false;
  expires_at_ = now + granted;
  next_at_ = now + granted / 10 * 8;
  event_ = Registered{granted};
}

/// Of our own contact when the registrar lists it, else of the whole response, else what we asked.
std::uint32_t RegistrationClient::granted_in(const Message& response) const {
  std::uint32_t granted = response.expires().value_or(settings_.expires_s);
  const auto ours = parse_name_addr(settings_.contact);
  const auto our_uri = ours ? ours->uri() : std::unexpected(ours.error());
  const auto contacts = response.contacts();
  if (our_uri && contacts)
    for (const NameAddr& contact : *contacts) {
      const auto uri = contact.uri();
      if (!uri || !equivalent(*uri, *our_uri)) continue;
      if (const auto number = parse_number(contact.params.find("expires").value_or("")))
        granted = *number;
    }
  return std::clamp<std::uint32_t>(granted, 30, longest_s);
}

void RegistrationClient::on_failure(int status, base::Duration at_least, base::Instant now) {
  if (state_ == State::unregistering) {
    state_ = State::unregistered;
    expires_at_.reset();
    event_ = Unregistered{};
    return;
  }
  // Half of the time fixed, half random, so that many trunks do not come back at once.
  const base::Duration step =
      std::min<base::Duration>(first_back_off * (1 << std::min(failures_++, 10)), longest_back_off);
  const base::Duration random = step / 1000 * static_cast<std::int64_t>(random_.below(501));
  const base::Duration wait = std::max(step / 2 + random, at_least);
  state_ = State::waiting;
  next_at_ = now + wait;
  event_ = Failed{status, wait};
}

}  // namespace belfry::sip
