#include "gateway/media/room_for_test.hpp"

namespace belfry::gateway::media::testing_support {
namespace {

/// A worker of its own, driven by hand, for what the plane does not show.
struct WorkerRoomTest : testing::Test {
  Worker worker;
  base::Instant now{1s};
  std::uint64_t last_id = 0;

  void submit(Command command) { ASSERT_TRUE(worker.submit(command)); }
  std::pair<call::SeatId, call::SeatId> seats(Codec codec) {
    auto [leg, phone] = make_modelled_network({}, {}, ++last_id);
    std::array<call::SeatId, 2> ids;
    std::array<std::unique_ptr<Wire>, 2> wires{std::move(leg), std::move(phone)};
    for (std::size_t i = 0; i < 2; ++i) {
      ids[i] = call::SeatId{++last_id};
      submit(AddSeat{std::make_unique<Seat>(
          Seat::Settings{.id = ids[i], .random_seed = last_id}, std::move(wires[i])
      )});
      submit(SetCoding{ids[i], std::make_unique<Coding>(RoomTest::terms(codec))});
    }
    return {ids[0], ids[1]};
  }
  void play(call::SeatId seat, double hz, belfry::media::SampleRate rate) {
    auto playback = std::get<call::ClipPlayback>(RoomTest::tone(hz, 20s));
    playback.clip = std::make_shared<const PcmClip>(belfry::media::resample(*playback.clip, rate));
    submit(Play{seat, {++last_id}, playback});
  }
  void pass(base::Duration time) {
    for (const base::Instant end = now + time; now < end; now += 20ms) worker.step(now);
  }
  /// The taps that were let go since it was asked last.
  std::vector<FrameTap*> released() {
    std::vector<FrameTap*> taps;
    while (auto report = worker.take_report()) {
      if (const auto* end = std::get_if<TapReleased>(&*report)) taps.push_back(end->tap);
    }
    return taps;
  }
};

TEST_F(WorkerRoomTest, TapsOfARoomHaveWhatAllSayAndThoseOfASeatBothSides) {
  const auto [one, first_phone] = seats(Codec::pcmu);
  const auto [two, second_phone] = seats(Codec::opus);
  const call::RoomId room{++last_id};
  Ear all, side;
  submit(OpenRoom{std::make_unique<Room>(room)});
  for (const call::SeatId seat : {one, two})
    submit(EnterRoom{room, seat, {}, std::make_unique<RoomMember>(seat)});
  submit(AddRoomTap{room, &all});
  submit(AddTap{two, &side});
  play(first_phone, 440, belfry::media::narrowband);
  play(second_phone, 700, belfry::media::fullband);
  pass(2s);
  EXPECT_EQ(all.frames, side.frames);
  EXPECT_NEAR(all.frames, 99, 1);
  EXPECT_EQ(all.rate, belfry::media::narrowband);
  const auto end = [](const std::vector<belfry::media::Sample>& samples, std::size_t count) {
    return belfry::media::ConstSamples(samples).last(count);
  };
  EXPECT_GT(belfry::media::tone_level_dbov(end(all.heard, 4000), all.rate, 440), -23);
  EXPECT_GT(belfry::media::tone_level_dbov(end(all.heard, 4000), all.rate, 700), -23);
  EXPECT_GT(belfry::media::tone_share(end(side.heard, 24000), side.rate, 700), 0.95);
  EXPECT_GT(belfry::media::tone_share(end(side.spoken, 24000), side.rate, 440), 0.95);
  submit(RemoveSeat{two});
  submit(CloseRoom{room});
  worker.step(now);
  EXPECT_THAT(released(), testing::UnorderedElementsAre(&all, &side));
}

TEST_F(WorkerRoomTest, ATapOfOneWhosePacketsAreRelayedHearsBothSides) {
  const auto [one, first_phone] = seats(Codec::pcmu);
  const auto [two, second_phone] = seats(Codec::pcmu);
  submit(Connect{one, two});
  Ear side;
  submit(AddTap{one, &side});
  play(first_phone, 440, belfry::media::narrowband);
  play(second_phone, 700, belfry::media::narrowband);
  pass(2s);
  const auto last = [](const std::vector<belfry::media::Sample>& samples) {
    return belfry::media::ConstSamples(samples).last(4000);
  };
  EXPECT_GT(belfry::media::tone_share(last(side.heard), side.rate, 440), 0.95);
  EXPECT_GT(belfry::media::tone_share(last(side.spoken), side.rate, 700), 0.95);
  submit(RemoveTap{one, &side});
  worker.step(now);
  EXPECT_THAT(released(), testing::ElementsAre(&side));
}

}  // namespace
}  // namespace belfry::gateway::media::testing_support
