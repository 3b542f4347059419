#pragma once
#include "compat/twilio/voice_sdk/testing/house.hpp"
#include "media/tone_meter.hpp"

namespace belfry::compat::twilio::voice_sdk::testing {

/// Keys that a seat's party presses.
struct Keys final : call::SeatListener {
  void on_playback_started(call::PlaybackId) override {}
  void on_playback_finished(call::PlaybackId) override {}
  void on_seat_digit(char digit) override { keys += digit; }
  void on_media_timeout() override {}
  std::string keys;
};

/// What a seat's party says, or what reaches a phone's seat.
struct Ear final : call::AudioTap {
  void on_audio(call::Track, base::Duration, std::span<const std::int16_t> samples) override {
    heard.insert(heard.end(), samples.begin(), samples.end());
  }
  std::vector<std::int16_t> heard;
};

/// A telephone network of one number that rings, plays something before the answer, and answers,
/// when the test says so.
class AnnouncingNetwork final : public call::Carrier {
 public:
  AnnouncingNetwork(base::Loop& loop, gateway::media::Plane& plane) : loop_(loop), plane_(plane) {}

  std::string_view name() const override { return "announcing"; }
  bool available() const override { return true; }
  base::Result<std::unique_ptr<call::Endpoint>> open(
      const call::Party&, const call::Attempt&, call::EndpointListener& listener
  ) override {
    listener_ = &listener;
    seats_ = plane_.open_linked_seats({}, {}, 3);
    plane_.set_terms(seats_.leg, {});
    plane_.set_terms(seats_.phone, {});
    return std::make_unique<Call>(*this);
  }

  void announce(double hz) {
    media::PcmClip clip{media::narrowband, {}};
    clip.samples.resize(media::samples_in(20s, clip.rate));
    media::ToneGenerator(media::sine(hz), clip.rate).fill(clip.samples);
    plane_.play(
        seats_.phone, call::ClipPlayback{std::make_shared<const media::PcmClip>(std::move(clip))}
    );
    listener_->on_early_media();
  }
  void ring() { listener_->on_ringing(); }
  void answer() { listener_->on_answered(); }

 private:
  struct Call final : call::Endpoint {
    explicit Call(AnnouncingNetwork& from) : network(from) {}
    ~Call() override {
      network.plane_.close_seat(network.seats_.leg);
      network.plane_.close_seat(network.seats_.phone);
    }
    void dial() override {}
    void ring() override {}
    void answer() override {}
    void hang_up(call::HangupCause cause) override {
      network.loop_.post([told = network.listener_, cause] { told->on_ended({cause, 0, ""}); });
    }
    call::SeatId seat() const override { return network.seats_.leg; }
    void on_words(const call::Words&) override {}
    std::string_view kind() const override { return "announcing"; }
    AnnouncingNetwork& network;
  };

  base::Loop& loop_;
  gateway::media::Plane& plane_;
  call::EndpointListener* listener_ = nullptr;
  gateway::media::Plane::LinkedSeats seats_;
};

}  // namespace belfry::compat::twilio::voice_sdk::testing
