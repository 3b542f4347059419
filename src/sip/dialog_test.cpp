#include "sip/dialog.hpp"

#include "sip/message_for_test.hpp"

namespace belfry::sip {
namespace {

using testing_support::message;

constexpr std::string_view invite_lines =
    "INVITE sip:bob@biloxi.example SIP/2.0\n"
    "From: \"Alice\" <sip:alice@atlanta.example>;tag=a1\n"
    "To: <sip:bob@biloxi.example>\n"
    "Call-ID: 3848276298220188511\nCSeq: 5 INVITE\n"
    "Contact: <sip:alice@192.0.2.1:5062>\n";
constexpr std::string_view ok_lines =
    "SIP/2.0 200 OK\n"
    "From: \"Alice\" <sip:alice@atlanta.example>;tag=a1\n"
    "To: <sip:bob@biloxi.example>;tag=b1\n"
    "Call-ID: 3848276298220188511\nCSeq: 5 INVITE\n"
    "Contact: <sip:bob@192.0.2.4>\n";

std::string with(std::string_view lines, std::string_view more) {
  return std::string(lines).append(more);
}

Dialog alice(std::string_view more = {}) {
  return *Dialog::of_uac(
      message(invite_lines), message(with(ok_lines, more)), "<sip:alice@192.0.2.1:5062>"
  );
}
Dialog bob(std::string_view more = {}) {
  return *Dialog::of_uas(message(with(invite_lines, more)), "b1", "<sip:bob@192.0.2.4>");
}

Message in_dialog(
    const char* method, int cseq, const char* from_tag, const char* to_tag,
    const char* call_id = "3848276298220188511"
) {
  return message(
      std::string(method) + " sip:bob@192.0.2.4 SIP/2.0\nFrom: <sip:alice@atlanta.example>;tag=" +
      from_tag + "\nTo: <sip:bob@biloxi.example>;tag=" + to_tag + "\nCall-ID: " + call_id +
      "\nCSeq: " + std::to_string(cseq) + " " + method + "\nContact: <sip:alice@192.0.2.99>\n"
  );
}

TEST(SipDialog, TheRouteSetIsReversedForTheCallerOnly) {
  const std::string_view routes =
      "Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\nRecord-Route: <sip:p0.example;lr>\n";
  EXPECT_EQ(
      alice(routes).snapshot().route_set,
      (std::vector<std::string>{"<sip:p0.example;lr>", "<sip:p1.example;lr>", "<sip:p2.example;lr>"}
      )
  );
  EXPECT_EQ(bob(routes).snapshot().route_set.front(), "<sip:p2.example;lr>");
  EXPECT_EQ(alice(routes).next_hop(), "sip:p0.example;lr");
  EXPECT_EQ(alice().next_hop(), "sip:bob@192.0.2.4");
}

TEST(SipDialog, RequestsGoToTheTargetWithRisingNumbers) {
  Dialog dialog = alice("Record-Route: <sip:p1.example;lr>\n");
  const Message bye =
      dialog.request(Method::bye).add(HeaderId::via, "SIP/2.0/UDP a;branch=z9hG4bKx").build();
  EXPECT_EQ(bye.request_uri_text(), "sip:bob@192.0.2.4");
  EXPECT_EQ(bye.header(HeaderId::route), "<sip:p1.example;lr>");
  EXPECT_EQ(bye.cseq()->number, 6U);
  EXPECT_EQ(bye.from_tag(), "a1");
  EXPECT_EQ(bye.to_tag(), "b1");
  EXPECT_EQ(dialog.request(Method::info).build().cseq()->number, 7U);
  EXPECT_EQ(dialog.request(Method::ack, 5).build().cseq()->number, 5U);
  EXPECT_EQ(dialog.local_cseq(), 7U);
}

TEST(SipDialog, TheCalledEndTurnsFromAndToRound) {
  Dialog dialog = bob();
  const Message bye = dialog.request(Method::bye).build();
  EXPECT_EQ(bye.header(HeaderId::from), "<sip:bob@biloxi.example>;tag=b1");
  EXPECT_EQ(bye.header(HeaderId::to), "\"Alice\" <sip:alice@atlanta.example>;tag=a1");
  EXPECT_EQ(bye.request_uri_text(), "sip:alice@192.0.2.1:5062");
  EXPECT_EQ(bye.cseq()->number, 1U);
}

TEST(SipDialog, AStrictRouterTakesTheRequestUri) {
  Dialog dialog = alice("Record-Route: <sip:p2.example;lr>, <sip:p1.example>\n");
  const Message bye = dialog.request(Method::bye).build();
  EXPECT_EQ(bye.request_uri_text(), "sip:p1.example");
  EXPECT_EQ(
      bye.lines(HeaderId::route),
      (std::vector<std::string_view>{"<sip:p2.example;lr>", "<sip:bob@192.0.2.4>"})
  );
}

TEST(SipDialog, RuleS8CallIdAndBothTagsMustFit) {
  const Dialog dialog = bob();
  EXPECT_TRUE(dialog.matches(in_dialog("BYE", 6, "a1", "b1")));
  EXPECT_FALSE(dialog.matches(in_dialog("BYE", 6, "a2", "b1")));
  EXPECT_FALSE(dialog.matches(in_dialog("BYE", 6, "a1", "b2")));
  EXPECT_FALSE(dialog.matches(in_dialog("BYE", 6, "b1", "a1")));
  EXPECT_FALSE(dialog.matches(in_dialog("BYE", 6, "a1", "b1", "other")));
  EXPECT_FALSE(dialog.matches(message(invite_lines)));
  EXPECT_TRUE(alice().matches(message(ok_lines)));
}

TEST(SipDialog, ALowerNumberIsRefusedWith500) {
  Dialog dialog = bob();
  EXPECT_TRUE(dialog.take_request(in_dialog("INFO", 9, "a1", "b1")));
  EXPECT_EQ(dialog.take_request(in_dialog("INFO", 9, "a1", "b1")).error().detail, 500);
  EXPECT_EQ(dialog.take_request(in_dialog("BYE", 5, "a1", "b1")).error().detail, 500);
  EXPECT_TRUE(dialog.take_request(in_dialog("BYE", 10, "a1", "b1")));
}

TEST(SipDialog, ARefreshMovesTheTarget) {
  Dialog dialog = bob();
  dialog.take_target(in_dialog("INVITE", 6, "a1", "b1"));
  EXPECT_EQ(dialog.remote_target(), "sip:alice@192.0.2.99");
}

TEST(SipDialog, RuleR3ASnapshotCanEndTheCallAfterARestart) {
  Dialog before = alice("Record-Route: <sip:p1.example;lr>\n");
  (void)before.request(Method::info);
  Dialog after = Dialog::restore(before.snapshot());
  EXPECT_EQ(after.request(Method::bye).build().text(), before.request(Method::bye).build().text());
}

TEST(SipDialog, ContactsThatCannotBeCalledAreRefused) {
  for (const char* contact : {"", "Contact: *\n", "Contact: <mailto:a@b>\n"}) {
    std::string lines(invite_lines.substr(0, invite_lines.find("Contact:")));
    EXPECT_FALSE(Dialog::of_uas(message(lines + contact), "b1", "<sip:x>")) << contact;
  }
  Dialog kept = bob();
  EXPECT_EQ(kept.remote_target().find('?'), std::string::npos);
}

}  // namespace
}  // namespace belfry::sip
