#include "sip/session_timer.hpp"

#include "sip/message_for_test.hpp"

namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using testing_support::message;
using Due = SessionTimer::Due;

Message invite(const std::string& lines) {
  return message(
      "INVITE sip:x SIP/2.0\nFrom: <sip:a@b>;tag=1\nTo: <sip:x>\nCall-ID: c\nCSeq: 1 INVITE\n"
      "Contact: <sip:a@192.0.2.1>\n" +
      lines
  );
}
Message ok(const std::string& lines) {
  return message(
      "SIP/2.0 200 OK\nFrom: <sip:a@b>;tag=1\nTo: <sip:x>;tag=2\nCall-ID: c\nCSeq: 1 INVITE\n" +
      lines
  );
}

TEST(SipSessionTimer, TheAnswererLetsThePeerRefreshWhenItCan) {
  struct Row {
    const char* lines;
    const char* answer;  // "": none
    bool we_refresh;
    int refresh_s, expires_s;
  };
  for (const Row& row : {
           Row{"Supported: timer\nSession-Expires: 600\n", "600;refresher=uac", false, 0, 568},
           Row{"Supported: timer\nSession-Expires: 600;refresher=uas\n", "600;refresher=uas", true,
               300, 568},
           Row{"Supported: timer\nSession-Expires: 7200\n", "1800;refresher=uac", false, 0, 1768},
           Row{"Supported: timer\nSession-Expires: 7200\nMin-SE: 3600\n", "3600;refresher=uac",
               false, 0, 3568},
           Row{"Supported: timer\n", "1800;refresher=uas", true, 900, 1768},
           Row{"", "", true, 900, 1768},
           Row{"Supported: timer\nSession-Expires: 90\n", "90;refresher=uac", false, 0, 60},
       }) {
    base::VirtualClock clock;
    const base::Instant start = clock.now();
    SessionTimer timer({});
    EXPECT_EQ(timer.answer(invite(row.lines), start).value_or(""), row.answer) << row.lines;
    EXPECT_EQ(timer.we_refresh(), row.we_refresh) << row.lines;
    const std::chrono::seconds refresh(row.refresh_s), expires(row.expires_s);
    if (row.we_refresh) {
      EXPECT_EQ(timer.due(start + refresh - 1ms), Due::nothing) << row.lines;
      EXPECT_EQ(timer.due(start + refresh), Due::refresh) << row.lines;
    }
    EXPECT_NE(timer.due(start + expires - 1ms), Due::expired) << row.lines;
    EXPECT_EQ(timer.due(start + expires), Due::expired) << row.lines;
  }
}

TEST(SipSessionTimer, TheCallerFollowsTheAnswer) {
  base::VirtualClock clock;
  SessionTimer timer({});
  EXPECT_EQ(timer.request_value(), "1800");
  timer.start(ok("Session-Expires: 120;refresher=uas\n"), clock.now());
  EXPECT_FALSE(timer.we_refresh());
  EXPECT_EQ(timer.request_value(), "1800;refresher=uas");
  timer.start(ok("Session-Expires: 120;refresher=uac\n"), clock.now());
  EXPECT_EQ(*timer.next_timeout(), clock.now() + 60s);
  timer.postpone_refresh(clock.now() + 70s);
  EXPECT_EQ(timer.due(clock.now() + 60s), Due::nothing);
  timer.start(ok(""), clock.now());
  EXPECT_TRUE(timer.we_refresh());
  timer.stop();
  EXPECT_FALSE(timer.next_timeout());
}

TEST(SipSessionTimer, TooShortIsToldOnlyToThoseWhoKnowTheTimer) {
  SessionTimer timer({});
  EXPECT_TRUE(timer.is_too_short(invite("Supported: timer\nSession-Expires: 60\n")));
  EXPECT_FALSE(timer.is_too_short(invite("Session-Expires: 60\n")));
  EXPECT_FALSE(timer.is_too_short(invite("Supported: timer\nSession-Expires: 90\n")));
  EXPECT_TRUE(timer.raise_to(ok("Min-SE: 3600\n")));
  EXPECT_EQ(timer.request_value(), "3600");
  EXPECT_FALSE(timer.raise_to(ok("Min-SE: 3600\n")));
  EXPECT_FALSE(timer.raise_to(ok("Min-SE: 99999999\n")));
  EXPECT_FALSE(timer.raise_to(ok("")));
}

}  // namespace
}  // namespace belfry::sip
