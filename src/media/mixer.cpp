#include "media/mixer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace belfry::media {
namespace {

/// Below it nobody is heard: -52 dBov, the noise of a quiet room with a good deal of margin.
constexpr float audible = 6.3e-6F;
constexpr float rise = 0.6F;   // of the difference, a frame: the first syllable is in time
constexpr float fall = 0.85F;  // a frame: 30 dB in 0.85 s, so that pauses do not switch
/// Who wants the place of one that talks must be so much louder, or they take turns with each word.
constexpr float talker_bonus = 2;
/// For so long a member keeps its own encoder after its mix has become the common one: by then both
/// encoders have heard the same and changing over is not heard.
constexpr int ticks_to_common = 10;
/// ... unless so many do that at once: when hundreds come in together, being in time matters more.
constexpr std::size_t most_to_common = 16;
/// After so much silence an encoder need not run to make more of it.
constexpr int ticks_to_silence = 25;
constexpr int ticks_between_losses = 50;
constexpr std::size_t coach_sources = 4;
constexpr std::size_t played_source = max_mixer_sources - 1;
constexpr std::uint64_t room_itself = ~std::uint64_t{0};  // owner of what is played to it

constexpr bool is_stateless(Codec codec) {
  return codec == Codec::pcmu || codec == Codec::pcma;
}

}  // namespace

Mixer::Mixer(std::size_t talkers) : talkers_(std::clamp<std::size_t>(talkers, 1, max_talkers)) {
  members_.reserve(256);
}
Mixer::~Mixer() = default;

void Mixer::enter(Member& member, const MixerPlace& place) {
  assert(member.id_ != 0 && member.id_ != room_itself);
  member.place_ = place;
  member.codec_.reset();
  member.loudness_ = 0;
  member.talks_ = false;
  member.heard_ = member.hears_ = 0;
  members_.push_back(&member);
  change_codec(member);
}

void Mixer::leave(Member& member) {
  release(member);
  std::erase(members_, &member);
  count_rates();
}

void Mixer::change_codec(Member& member) {
  release(member);
  member.codec_ = member.codec();
  member.encoding_ = Member::Encoding::own;
  member.own_ticks_ = ticks_to_common;
  count_rates();
  if (!member.codec_) return;
  Shared& shared = shared_[static_cast<std::size_t>(*member.codec_)];
  if (!shared.encoder) shared.encoder = make_encoder(*member.codec_);
}

void Mixer::count_rates() {
  listeners_ = {};
  for (const Member* member : members_)
    if (member->codec_) ++listeners_[rate_index(describe(*member->codec_).rate)];
  std::array<bool, rate_count> used{};
  for (std::size_t at = 0; at < rate_count; ++at) used[at] = listeners_[at] > 0;
  for (std::size_t i = 0; i < played_source; ++i) sources_[i].prepare(used, used);
  sources_[played_source].prepare({false, true, false}, used);
}

/// Its source has nothing more to say.
void Mixer::release(Member& member) {
  if (MixerSource* source = source_of(member)) {
    source->is_gone = true;
    source->target = 0;
  }
  member.talks_ = false;
}

MixerSource* Mixer::source_of(const Member& member) {
  if (!member.talks_) return nullptr;
  const auto found = std::ranges::find_if(sources_, [&](const MixerSource& source) {
    return source.owner == member.id_ && !source.is_gone;
  });
  return found == sources_.end() ? nullptr : &*found;
}

MixerSource* Mixer::free_source() {
  for (std::size_t i = 0; i < played_source; ++i)
    if (sources_[i].is_free()) return &sources_[i];
  return nullptr;
}

void Mixer::start_source(Member& member) {
  MixerSource* source = free_source();
  if (source == nullptr) return;  // all are fading out: in the next tick
  source->start(member.id_, member.place_.coached);
  member.talks_ = true;
}

// --- A tick ---

void Mixer::begin(ConstSamples played, MixerWorkspace& workspace) {
  workspace.clear();
  learn_losses();
  listen();
  choose_talkers();
  choose_coaches();
  render_sources(played, workspace);
  common_ = common_sources();
  workspace.mix_of(common_);
  silent_ticks_ = common_ != 0 ? 0 : std::min(silent_ticks_ + 1, ticks_to_silence);
  for (Shared& shared : shared_) shared.was_used = std::exchange(shared.is_used, false);
  own_encoders_ = 0;
  for (Member* member : members_)
    if (member->codec_) decide(*member);
}

/// A common packet has the redundancy that the worst of its ways needs.
void Mixer::learn_losses() {
  if (--ticks_to_losses_ > 0) return;
  ticks_to_losses_ = ticks_between_losses;
  std::array<double, codec_count> worst{};
  for (const Member* member : members_) {
    if (!member->codec_) continue;
    double& most = worst[static_cast<std::size_t>(*member->codec_)];
    most = std::max(most, member->loss());
  }
  for (std::size_t codec = 0; codec < codec_count; ++codec)
    if (shared_[codec].encoder) shared_[codec].encoder->expect_loss(worst[codec]);
}

void Mixer::listen() {
  for (Member* member : members_) {
    const MixerPlace& place = member->place_;
    if (!member->codec_ || place.muted) {
      member->loudness_ = 0;
      continue;
    }
    const float power = member->power() * place.gain * place.gain;
    float& loudness = member->loudness_;
    loudness = power > loudness ? loudness + (power - loudness) * rise : loudness * fall;
  }
}

/// The loudest get sources, the others fade out.
void Mixer::choose_talkers() {
  std::array<Member*, max_talkers> chosen{};
  std::array<float, max_talkers> loudness{};
  for (Member* member : members_) {
    if (member->place_.coached != 0 || member->loudness_ < audible) continue;
    const float own = member->loudness_ * (member->talks_ ? talker_bonus : 1);
    if (own <= loudness[talkers_ - 1]) continue;
    std::size_t at = talkers_ - 1;
    for (; at > 0 && loudness[at - 1] < own; --at) {
      loudness[at] = loudness[at - 1];
      chosen[at] = chosen[at - 1];
    }
    loudness[at] = own;
    chosen[at] = member;
  }
  for (Member* member : members_) {
    if (!member->talks_ || member->place_.coached != 0) continue;
    MixerSource* source = source_of(*member);
    const bool stays = std::ranges::find(chosen, member) != chosen.end();
    if (source->coached != 0) {
      release(*member);  // it was a coach: others hear it from now on, by another source
    } else if (!stays && source->target == 0) {
      release(*member);  // it has faded out
    } else {
      source->target = stays ? member->place_.gain : 0;
    }
  }
  for (Member* member : chosen) {
    if (member == nullptr) continue;
    if (!member->talks_) start_source(*member);
    if (MixerSource* source = source_of(*member)) source->target = member->place_.gain;
  }
}

void Mixer::choose_coaches() {
  std::size_t coaching = 0;
  for (Member* member : members_) {
    const std::uint64_t coached = member->place_.coached;
    if (coached == 0) continue;
    const bool speaks = member->loudness_ >= audible && coaching < coach_sources;
    MixerSource* source = source_of(*member);
    if (source != nullptr && (source->coached != coached || (!speaks && source->target == 0))) {
      release(*member);
      source = nullptr;
    }
    if (source == nullptr && speaks) {
      start_source(*member);
      source = source_of(*member);
    }
    if (source != nullptr) source->target = speaks ? member->place_.gain : 0;
    coaching += speaks ? 1 : 0;
  }
}

void Mixer::render_sources(ConstSamples played, MixerWorkspace& workspace) {
  std::array<bool, rate_count> wanted{};
  for (std::size_t at = 0; at < rate_count; ++at) wanted[at] = listeners_[at] > 0;
  MixerSource& room = sources_[played_source];
  if (!played.empty() && room.is_free()) {
    room.start(room_itself, 0);
    room.target = 1;
  }
  const auto note = [&](std::size_t index) {
    for (std::size_t at = 0; at < rate_count; ++at)
      if (wanted[at]) workspace.rendered[at] |= 1U << index;
  };
  for (Member* member : members_) {
    MixerSource* source = source_of(*member);
    if (source == nullptr) continue;
    const auto index = static_cast<std::size_t>(source - sources_.data());
    source->render(
        member->samples(), describe(*member->codec_).rate, wanted, workspace.sources[index]
    );
    note(index);
  }
  for (std::size_t i = 0; i < max_mixer_sources; ++i) {
    MixerSource& source = sources_[i];
    if (source.is_free() || (i != played_source && !source.is_gone)) continue;
    const ConstSamples sound = i == played_source ? played : ConstSamples{};
    if (sound.empty() && source.is_silent()) {
      source.owner = 0;
      continue;
    }
    if (sound.empty()) source.target = 0;
    source.render(sound, wideband, wanted, workspace.sources[i]);
    note(i);
  }
}

std::uint32_t Mixer::common_sources() const {
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < max_mixer_sources; ++i)
    if (!sources_[i].is_free() && sources_[i].coached == 0) all |= 1U << i;
  return all;
}

std::uint32_t Mixer::sources_for(const Member& member) const {
  std::uint32_t heard = common_;
  for (std::size_t i = 0; i < max_mixer_sources; ++i) {
    const MixerSource& source = sources_[i];
    if (source.is_free()) continue;
    if (source.owner == member.id_) heard &= ~(1U << i);
    if (source.coached == member.id_) heard |= 1U << i;
  }
  return heard;
}

/// Nobody has said anything for a while.
bool Mixer::is_quiet() const {
  return silent_ticks_ == ticks_to_silence;
}

/// What it hears in this tick, and who encodes it.
void Mixer::decide(Member& member) {
  using Encoding = Member::Encoding;
  member.heard_ =
      std::exchange(member.hears_, member.place_.deaf || member.is_occupied() ? 0.0F : 1.0F);
  const bool nothing = member.heard_ == 0 && member.hears_ == 0;
  const bool steady = member.heard_ == member.hears_;
  member.sources_ = nothing ? 0 : sources_for(member);
  if (is_stateless(*member.codec_)) {
    member.encoding_ = steady ? Encoding::common : Encoding::own;
    return;
  }
  const bool crowded = own_encoders_ >= most_to_common;
  const bool same = !nothing && member.sources_ == common_;
  const bool common = same && (steady || (crowded && member.hears_ == 1));
  if (!common && !nothing) {
    take_own_encoder(member);
    member.own_ticks_ = ticks_to_common;
    ++own_encoders_;
    return;
  }
  if (common) member.heard_ = 1;
  if (member.own_ticks_ == 0) {
    if (common) member.encoding_ = Encoding::common;
    return;
  }
  if (crowded) member.own_ticks_ = 1;
  if (--member.own_ticks_ > 0) {
    ++own_encoders_;
  } else {
    if (common) {
      leave_own_encoder(member);
    } else if (!encoded_silence(*member.codec_).empty()) {
      member.encoding_ = Encoding::silence;
    }
  }
}

void Mixer::take_own_encoder(Member& member) {
  using Encoding = Member::Encoding;
  const Shared& shared = shared_[static_cast<std::size_t>(*member.codec_)];
  const Encoding before = std::exchange(member.encoding_, Encoding::own);
  if (before == Encoding::own) return;
  if (before == Encoding::silence || shared.was_silent) {
    member.encoder().start_anew();
  } else {
    member.encoder().continue_from(*shared.encoder);
  }
}

void Mixer::leave_own_encoder(Member& member) {
  member.encoding_ = Member::Encoding::common;
  Shared& shared = shared_[static_cast<std::size_t>(*member.codec_)];
  if (shared.was_used || shared.is_used) return;
  shared.encoder->continue_from(member.encoder());
  shared.is_used = true;
}

Mixer::Output Mixer::output_for(const Member& member, MixerWorkspace& workspace) {
  if (!member.codec_) return {};
  switch (member.encoding_) {
    case Member::Encoding::common:
      return common_output(member, workspace);
    case Member::Encoding::own:
      return own_output(member, workspace);
    case Member::Encoding::silence:
      return {
          workspace.samples_of(workspace.mix_of(0), describe(*member.codec_).rate),
          encoded_silence(*member.codec_), false
      };
  }
  return {};
}

/// A packet for all who hear the same.
Mixer::Output Mixer::common_output(const Member& member, MixerWorkspace& workspace) {
  const auto codec = static_cast<std::size_t>(*member.codec_);
  Mix& mix = workspace.mix_of(member.sources_);
  const ConstSamples samples = workspace.samples_of(mix, describe(*member.codec_).rate);
  Shared& shared = shared_[codec];
  if (mix.payload_size[codec] == 0) {
    const auto silence = encoded_silence(*member.codec_);
    const bool silent = is_quiet() && mix.sources == 0 && !silence.empty();
    if (silent) {
      std::ranges::copy(silence, mix.payload[codec].begin());
      mix.payload_size[codec] = silence.size();
    } else {
      if (shared.was_silent) shared.encoder->start_anew();
      mix.payload_size[codec] = shared.encoder->encode(samples, mix.payload[codec]);
    }
    shared.was_silent = silent;
  }
  shared.is_used = true;
  return {samples, std::span(mix.payload[codec]).first(mix.payload_size[codec]), false};
}

Mixer::Output Mixer::own_output(const Member& member, MixerWorkspace& workspace) {
  Mix& mix = workspace.mix_of(member.sources_);
  const ConstSamples samples = workspace.samples_of(mix, describe(*member.codec_).rate);
  if (member.heard_ == member.hears_) return {samples, {}, false};
  const Samples ramped = Samples(workspace.own).first(samples.size());
  const float step = (member.hears_ - member.heard_) / static_cast<float>(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ramped[i] = static_cast<Sample>(
        static_cast<float>(samples[i]) * (member.heard_ + step * static_cast<float>(i + 1))
    );
  }
  return {ramped, {}, true};
}

SampleRate Mixer::lowest_rate() const {
  for (std::size_t at = 0; at < rate_count; ++at)
    if (listeners_[at] > 0) return mixer_rates[at];
  return narrowband;
}

ConstSamples Mixer::everything(SampleRate rate, MixerWorkspace& workspace) {
  return workspace.samples_of(workspace.mix_of(common_), rate);
}

}  // namespace belfry::media
