#include "compat/twilio/voice_sdk/page_files.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "store/testing.hpp"

namespace belfry::compat::twilio::voice_sdk {
namespace {

struct PageFilesTest : testing::Test {
  PageFilesTest() { files.add_to(router); }
  http::Response ask(std::string method, std::string target) {
    auto request = http::Request::make(std::move(method), std::move(target));
    return store::testing::wait_for(loop, router.dispatch(std::move(request)));
  }

  base::VirtualClock clock;
  base::Loop loop{clock};
  PageFiles files;
  http::Router router{loop};
};

TEST_F(PageFilesTest, EverySoundOfTheSdkIsThere) {
  std::vector<std::string> names{"incoming", "outgoing", "disconnect", "dtmf-hash", "dtmf-star"};
  for (int digit = 0; digit < 10; ++digit) names.push_back("dtmf-" + std::to_string(digit));
  for (const std::string& name : names) {
    const auto as_mp3 = ask("GET", "/js/client/sounds/releases/1.0.0/" + name + ".mp3?cache=2.18");
    const auto as_wav = ask("GET", "/sounds/" + name + ".wav");
    EXPECT_EQ(as_mp3.status, 200) << name;
    EXPECT_EQ(as_mp3.body, as_wav.body);
    EXPECT_EQ(as_mp3.headers.get("Access-Control-Allow-Origin"), "*");
    const auto clip = media::read_audio(base::as_bytes(as_wav.body));
    ASSERT_TRUE(clip) << name;
    EXPECT_GE(clip->samples.size(), 1000u) << name;
    EXPECT_TRUE(std::ranges::any_of(clip->samples, [](auto sample) { return sample > 1000; }));
  }
  EXPECT_EQ(ask("GET", "/sounds/another.wav").status, 404);
}

TEST_F(PageFilesTest, TelemetryIsTakenFromAnyOrigin) {
  for (const std::string& path : PageFiles::open_paths()) {
    const auto allowed = ask("OPTIONS", path);
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(allowed.headers.get("Access-Control-Allow-Headers"), "Content-Type, X-Twilio-Token");
    const auto taken = ask("POST", path);
    EXPECT_EQ(taken.status, 200);
    EXPECT_EQ(taken.headers.get("Access-Control-Allow-Origin"), "*");
  }
}

}  // namespace
}  // namespace belfry::compat::twilio::voice_sdk
