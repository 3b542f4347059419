#include "sip/referral.hpp"
#include "sip/session_for_test.hpp"

// RFC 3515 within a dialog, both ways.
namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;

class SipReferral : public testing::Test {
 protected:
  void notify(std::string_view fragment, std::string_view state) {
    std::string lines = "Event: refer\nSubscription-State: ";
    lines.append(state).append("\nContent-Type: message/sipfrag;version=2.0\n");
    leg.receive("NOTIFY", "b", fragment, lines);
  }
  void be_referred(std::string_view lines = {}) {
    leg.receive("REFER", "b", {}, "Refer-To: <sip:carol@192.0.2.3>\n" + std::string(lines));
  }
  const Message& last_request() const { return leg.requests.back().message; }

  base::SeededRandom random{1};
  Leg leg = answered_leg(random);
};

TEST_F(SipReferral, WeReferAndHearWhatComesOfIt) {
  EXPECT_TRUE(leg.session.refer("sip:carol@192.0.2.3", {{"X-Why", "tired"}}));
  EXPECT_FALSE(leg.session.refer("sip:dave@192.0.2.4", {})) << "one at a time";
  leg.drain();
  ASSERT_EQ(leg.sent().back(), "REFER");
  EXPECT_EQ(last_request().header(HeaderId::refer_to), "<sip:carol@192.0.2.3>");
  EXPECT_EQ(last_request().header("X-Why"), "tired");
  leg.respond(202, "");
  EXPECT_EQ(leg.all<ReferAnswered>()[0].status, 202);
  notify("SIP/2.0 180 Ringing\r\n", "active;expires=60");
  notify("SIP/2.0 200 OK\r\n", "terminated;reason=noresource");
  EXPECT_EQ(leg.last_status(), 200);
  const auto progress = leg.all<ReferProgress>();
  ASSERT_EQ(progress.size(), 2U);
  EXPECT_EQ(progress[0].status, 180);
  EXPECT_FALSE(progress[0].over);
  EXPECT_EQ(progress[1].status, 200);
  EXPECT_TRUE(progress[1].over);
  notify("SIP/2.0 200 OK\r\n", "terminated");
  EXPECT_EQ(leg.last_status(), 481) << "nobody waits for it any more";
}

TEST_F(SipReferral, ARefusedOneIsToldAndAnotherMayFollow) {
  EXPECT_TRUE(leg.session.refer("sip:carol@192.0.2.3", {}));
  leg.drain();
  leg.respond(603, "");
  EXPECT_EQ(leg.all<ReferAnswered>()[0].status, 603);
  EXPECT_TRUE(leg.session.refer("sip:carol@192.0.2.3", {}));
  leg.drain();
  leg.session.handle_failure(leg.requests.back().transaction, 408, leg.clock.now());
  leg.drain();
  EXPECT_EQ(leg.all<ReferAnswered>()[1].status, 408);
}

TEST_F(SipReferral, AHeaderCannotBeInjectedByItsTarget) {
  EXPECT_TRUE(leg.session.refer("sip:x@y>\r\nX-Evil: 1", {}));
  leg.drain();
  EXPECT_FALSE(last_request().header("X-Evil"));
}

TEST_F(SipReferral, WeAreReferredAndTellWhatComesOfIt) {
  be_referred();
  ASSERT_EQ(leg.all<ReferRequested>().size(), 1U);
  EXPECT_EQ(leg.all<ReferRequested>()[0].target, "sip:carol@192.0.2.3");
  EXPECT_TRUE(leg.responses.empty()) << "the owner decides";
  leg.session.answer_refer(202);
  leg.drain();
  EXPECT_EQ(leg.last_status(), 202);
  EXPECT_EQ(last_request().method_name(), "NOTIFY");
  EXPECT_EQ(last_request().body(), "SIP/2.0 100 Trying\r\n");
  EXPECT_EQ(last_request().content_type(), "message/sipfrag");
  leg.session.report_referral(486);
  leg.drain();
  EXPECT_EQ(last_request().body(), "SIP/2.0 486 Busy Here\r\n");
  EXPECT_TRUE(last_request().header(HeaderId::subscription_state)->starts_with("terminated"));
  const std::size_t requests = leg.requests.size();
  leg.session.report_referral(200);
  leg.drain();
  EXPECT_EQ(leg.requests.size(), requests) << "the last word was said";
}

TEST_F(SipReferral, S2_OnlyTheOtherEndHearsOfIt) {
  be_referred();
  leg.session.answer_refer(202);
  leg.session.report_referral(200);
  leg.drain();
  for (const SendRequest& request : leg.requests) {
    const std::string_view target = request.message.request_uri_text();
    EXPECT_EQ(target.find("carol"), std::string_view::npos) << target;
  }
}

TEST_F(SipReferral, WhoWantsNoNoticesGetsNone) {
  be_referred("Refer-Sub: false\n");
  const std::size_t requests = leg.requests.size();
  leg.session.answer_refer(202);
  leg.session.report_referral(200);
  leg.drain();
  EXPECT_EQ(leg.responses.back().message.header(HeaderId::refer_sub), "false");
  EXPECT_EQ(leg.requests.size(), requests);
}

TEST_F(SipReferral, WhatCannotBeCalledIsRefused) {
  for (const auto& [lines, status] : std::vector<std::pair<std::string, int>>{
           {"", 400},
           {"Refer-To: <mailto:a@b>\n", 416},
           {"Refer-To: <sip:a@b;method=BYE>\n", 603},
       }) {
    leg.receive("REFER", "b", {}, lines);
    EXPECT_EQ(leg.last_status(), status) << lines;
  }
  be_referred();
  be_referred();
  EXPECT_EQ(leg.last_status(), 500) << "one at a time";
  leg.session.answer_refer(603);
  leg.drain();
  EXPECT_EQ(leg.last_status(), 603);
}

TEST_F(SipReferral, OtherNoticesAreNotAskedFor) {
  leg.receive("NOTIFY", "b", {}, "Event: presence\nSubscription-State: active\n");
  EXPECT_EQ(leg.last_status(), 489);
}

TEST(SipReplaces, IsReadWithItsTags) {
  const auto read = [](std::string_view line) {
    return read_replaces(message(
        "INVITE sip:us@192.0.2.1 SIP/2.0\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\nCall-ID: x\n"
        "CSeq: 1 INVITE\n" +
        std::string(line)
    ));
  };
  EXPECT_FALSE(read("")->has_value());
  const auto replaces = read("Replaces: 98732@host;from-tag=r33th4x0r;to-tag=ff87ff;early-only\n");
  ASSERT_TRUE(replaces && *replaces);
  EXPECT_EQ((*replaces)->call_id, "98732@host");
  EXPECT_EQ((*replaces)->local_tag, "ff87ff");
  EXPECT_EQ((*replaces)->remote_tag, "r33th4x0r");
  EXPECT_TRUE((*replaces)->early_only);
  EXPECT_FALSE(read("Replaces: 98732@host\n"));
  EXPECT_FALSE(read("Replaces: 98732@host;to-tag=1\n"));
}

}  // namespace
}  // namespace belfry::sip
