#include "webrtc/ice_lite.hpp"

#include <algorithm>
#include <utility>

namespace belfry::webrtc {
namespace {

/// RFC 8839 section 5.4: letters, digits, plus, slash.
std::string random_text(std::size_t size, base::Random& random) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text(size, ' ');
  for (char& character : text) character = alphabet[random.below(alphabet.size())];
  return text;
}

bool is_between(std::string_view username, std::string_view ours, std::string_view theirs) {
  if (username.size() <= ours.size() || !username.starts_with(ours) || username[ours.size()] != ':')
    return false;
  return theirs.empty() || username.substr(ours.size() + 1) == theirs;
}

}  // namespace

IceCredentials IceCredentials::make(base::Random& random) {
  IceCredentials made;
  made.ufrag = random_text(8, random);
  made.password = random_text(24, random);
  return made;
}

IceLite::IceLite(IceCredentials local) : current_(std::move(local)) {}

void IceLite::restart(IceCredentials local, std::string remote_ufrag) {
  previous_ = std::exchange(current_, Secret(std::move(local)));
  previous_remote_ufrag_ = std::exchange(remote_ufrag_, std::move(remote_ufrag));
}

const IceLite::Secret* IceLite::secret_of(const stun::Message& request) const {
  if (is_between(request.username, current_.credentials.ufrag, remote_ufrag_) &&
      stun::is_authentic(request, current_.key))
    return &current_;
  if (previous_ &&
      is_between(request.username, previous_->credentials.ufrag, previous_remote_ufrag_) &&
      stun::is_authentic(request, previous_->key))
    return &*previous_;
  return nullptr;
}

IceLite::Reply IceLite::handle(
    std::span<const std::byte> datagram, const Path& from, base::Instant now,
    std::span<std::byte> into
) {
  const auto request = stun::parse(datagram);
  if (!request || request->kind != stun::Kind::request) return {};
  const Secret* secret = secret_of(*request);
  if (secret == nullptr) return {};
  if (request->unknown != 0) {
    const auto error = stun::write_error(request->id, 420, request->unknown, secret->key, into);
    return {Outcome::refused, error};
  }
  // A lite agent never controls (RFC 8445 section 6.1.1), so the peer has to.
  if (request->controlled)
    return {Outcome::refused, stun::write_error(request->id, 487, 0, secret->key, into)};
  const auto success = stun::write_success(request->id, from, secret->key, into);
  if (secret == &current_ && previous_) {
    previous_.reset();
    nominated_ = false;
  }
  take_check(*request, from, now);
  return {Outcome::valid, success};
}

void IceLite::take_check(const stun::Message& request, const Path& from, base::Instant now) {
  const bool lost = consent_lost(now);
  Known& checked = known(from);
  checked.last_check = now;
  if (request.use_candidate || !nominated_ || lost)
    selected_ = static_cast<std::size_t>(&checked - paths_.data());
  nominated_ = nominated_ || request.use_candidate;
}

IceLite::Known& IceLite::known(const Path& path) {
  const auto end = paths_.begin() + static_cast<std::ptrdiff_t>(path_count_);
  const auto found =
      std::find_if(paths_.begin(), end, [&](const Known& each) { return each.path == path; });
  if (found != end) return *found;
  if (path_count_ < paths_.size()) return paths_[path_count_++] = {path, {}};
  // The one that was checked longest ago makes room, but never the one that is in use.
  std::size_t oldest = selected_ == 0 ? 1 : 0;
  for (std::size_t i = 0; i < paths_.size(); ++i)
    if (i != selected_ && paths_[i].last_check < paths_[oldest].last_check) oldest = i;
  return paths_[oldest] = {path, {}};
}

bool IceLite::is_valid(const Path& path) const {
  for (std::size_t i = 0; i < path_count_; ++i)
    if (paths_[i].path == path) return true;
  return false;
}

const Path* IceLite::selected() const {
  return path_count_ == 0 ? nullptr : &paths_[selected_].path;
}

std::optional<base::Instant> IceLite::consent_until() const {
  if (path_count_ == 0) return std::nullopt;
  return paths_[selected_].last_check + consent_time;
}

bool IceLite::consent_lost(base::Instant now) const {
  const auto until = consent_until();
  return until && now >= *until;
}

}  // namespace belfry::webrtc
