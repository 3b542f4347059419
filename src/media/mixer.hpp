#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "media/codec.hpp"
#include "media/mixer_source.hpp"
#include "media/mixer_workspace.hpp"

namespace belfry::media {

/// How somebody takes part.
struct MixerPlace {
  bool muted = false;         // the others do not hear it
  bool deaf = false;          // it does not hear the others
  std::uint64_t coached = 0;  // id of the only one who hears it; 0: all do
  float gain = 1;             // of what it says
};

/// Mixes a room of many, a frame of 20 ms at a time: the loudest few are decoded and added, at each
/// rate that somebody listens at (8 kHz for a room of G.711 phones, 48 kHz for Opus, both for
/// both). Everybody hears the others and not itself: those who say nothing hear one common mix,
/// which is encoded once per codec for all of them; who speaks, is coached or comes and goes has a
/// mix and an encoder of its own for a while. Whatever begins or ends is ramped over the frame.
///
/// Once per tick: `begin` listens to all and mixes, then `output_for` each member in turn. One
/// thread; `enter` and `change_codec` may allocate, a tick does not; reads no clock. Work per tick
/// grows with the members only by their estimated powers.
class Mixer {
 public:
  static constexpr std::size_t max_talkers = 6;

  /// One who takes part. What is virtual is asked during a tick.
  class Member {
   public:
    explicit Member(std::uint64_t id) : id_(id) {}
    virtual ~Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    std::uint64_t id() const { return id_; }
    const MixerPlace& place() const { return place_; }
    bool talks() const { return talks_; }

   private:
    friend class Mixer;
    /// Mean square of what it says in this tick, 0 to 1; cheap where the codec allows it.
    virtual float power() noexcept = 0;
    /// The same as samples of its codec's rate. Empty: nothing.
    virtual ConstSamples samples() noexcept = 0;
    /// Its own, of its codec; used when it hears what nobody else hears.
    virtual Encoder& encoder() noexcept = 0;
    /// Something else is played to it: it does not hear the room.
    virtual bool is_occupied() const noexcept = 0;
    /// Nothing: it can neither speak nor hear yet.
    virtual std::optional<Codec> codec() const noexcept = 0;
    /// Of the packets sent to it, 0 to 1.
    virtual double loss() const noexcept { return 0; }

    /// Which encoder makes what it hears.
    enum class Encoding : std::uint8_t { common, own, silence };

    std::uint64_t id_;
    MixerPlace place_;
    std::optional<Codec> codec_;
    float loudness_ = 0;  // power, rising at once and falling slowly
    bool talks_ = false;  // has a source

    // What it hears
    std::uint32_t sources_ = 0;
    float heard_ = 0, hears_ = 0;  // how much of that, at begin and end of this frame
    Encoding encoding_ = Encoding::own;
    int own_ticks_ = 0;  // it keeps its own encoder for so long
  };

  struct Output {
    ConstSamples samples;                // at the rate of the member's codec
    std::span<const std::byte> payload;  // the same encoded for several; empty: encode it yourself
    bool ramps = false;                  // fades in or out beside what else is played
  };

  /// @param talkers how many are heard at once, 1 to `max_talkers`.
  explicit Mixer(std::size_t talkers = 3);
  ~Mixer();

  /// Members outlive their stay.
  void enter(Member& member, const MixerPlace& place);
  void leave(Member& member);
  void set_place(Member& member, const MixerPlace& place) { member.place_ = place; }
  /// Its codec is another one now.
  void change_codec(Member& member);
  std::span<Member* const> members() const { return members_; }

  /// One tick for all. @param played to the whole room, 20 ms at 16 kHz, or empty. @param workspace
  /// holds what `output_for` gives out until the next `begin` of any mixer that uses it.
  void begin(ConstSamples played, MixerWorkspace& workspace);
  /// Valid until the next call.
  Output output_for(const Member& member, MixerWorkspace& workspace);
  /// What all of the room says, at `rate`, which somebody listens at or is `narrowband`.
  ConstSamples everything(SampleRate rate, MixerWorkspace& workspace);
  SampleRate lowest_rate() const;

 private:
  struct Shared {  // of those who hear the common mix in one codec
    std::unique_ptr<Encoder> encoder;
    bool was_used = false, is_used = false;  // in the last tick, in this one
    bool was_silent = false;                 // its last packet was the silent one
  };

  void listen();
  void choose_talkers();
  void choose_coaches();
  void start_source(Member& member);
  void release(Member& member);
  MixerSource* source_of(const Member& member);
  MixerSource* free_source();
  void render_sources(ConstSamples played, MixerWorkspace& workspace);
  std::uint32_t common_sources() const;
  std::uint32_t sources_for(const Member& member) const;
  void decide(Member& member);
  void take_own_encoder(Member& member);
  void leave_own_encoder(Member& member);
  Output common_output(const Member& member, MixerWorkspace& workspace);
  Output own_output(const Member& member, MixerWorkspace& workspace);
  void count_rates();

  bool is_quiet() const;
  void learn_losses();

  std::size_t talkers_;
  std::vector<Member*> members_;
  std::array<MixerSource, max_mixer_sources> sources_;
  std::uint32_t common_ = 0;
  std::array<std::size_t, rate_count> listeners_{};  // at each rate
  std::array<Shared, codec_count> shared_;
  std::size_t own_encoders_ = 0;  // that run in this tick
  int ticks_to_losses_ = 0;
  int silent_ticks_ = 0;  // since anything was in the common mix
};

}  // namespace belfry::media
