#include "admin/event_stream.hpp"

#include "admin/testing/house.hpp"

namespace belfry::admin {
namespace {

using testing::House;
using namespace std::chrono_literals;

struct LiveEventsTest : House {
  LiveEventsTest() { events.emplace(loop, feed, &phones).add_to(router); }

  /// What a page reads within a tenth of a second.
  struct Piece {
    std::string event;
    base::json::value body;
  };
  Piece next(http::Response& page) {
    const std::string text = next_piece(page).value_or("");
    const auto event_end = text.find('\n');
    const auto body_end = text.find("\n\n");
    if (!text.starts_with("event: ") || body_end == std::string::npos) return {text, nullptr};
    const std::string body = text.substr(event_end + 7, body_end - event_end - 7);
    return {text.substr(7, event_end - 7), *base::json::parse(body)};
  }

  std::optional<LiveEvents> events;
};

TEST_F(LiveEventsTest, APageSeesACallAsItHappens) {
  http::Response page = ask("GET", "/admin/api/events");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.get("Content-Type"), "text/event-stream; charset=utf-8");
  call::LegRecord leg;
  leg.sid = "CA00000000000000000000000000000001";
  leg.status = call::LegStatus::ringing;
  const base::WallTime now = clock.wall_now();
  feed.publish(leg, {leg.sid, 3, now, "call.ringing", {{"from", "x"}}});
  const Piece piece = next(page);
  EXPECT_EQ(piece.event, "call");
  EXPECT_EQ(text_at(piece.body, "/call/sid"), '"' + leg.sid + '"');
  EXPECT_EQ(text_at(piece.body, "/call/status"), R"("ringing")");
  EXPECT_EQ(text_at(piece.body, "/event/seq"), "3");
  EXPECT_EQ(text_at(piece.body, "/event/type"), R"("call.ringing")");
  EXPECT_EQ(text_at(piece.body, "/event/data/from"), R"("x")");
  EXPECT_EQ(text_at(piece.body, "/event/at"), '"' + base::to_rfc3339(now) + '"');
}

TEST_F(LiveEventsTest, ChangesOfAPhoneInOneTurnAreOneEvent) {
  http::Response page = ask("GET", "/admin/api/events");
  ASSERT_TRUE(phones.send_message({"+1202", "+1203", "one", {}}));
  ASSERT_TRUE(phones.send_message({"+1202", "+1203", "two", {}}));
  const Piece sender = next(page);
  EXPECT_EQ(sender.event, "phone");
  EXPECT_EQ(text_at(sender.body, "/number"), R"("+1202")");
  EXPECT_EQ(text_at(sender.body, "/on_call"), R"("answer")");
  const Piece receiver = next(page);
  EXPECT_EQ(text_at(receiver.body, "/number"), R"("+1203")");
  EXPECT_EQ(text_at(receiver.body, "/messages/1/body"), R"("two")");
  events->publish("notification", base::json::object{{"call_sid", "CA1"}});
  const Piece third = next(page);
  EXPECT_EQ(third.event, "notification");
  EXPECT_EQ(text_at(third.body, "/call_sid"), R"("CA1")");
}

TEST_F(LiveEventsTest, EveryPageIsToldUntilItLeaves) {
  http::Response one = ask("GET", "/admin/api/events");
  {
    http::Response other = ask("GET", "/admin/api/events");
    EXPECT_EQ(events->listeners(), 2U);
    events->publish("notification", base::json::object{});
    EXPECT_EQ(next(one).event, "notification");
    EXPECT_EQ(next(other).event, "notification");
  }
  pass(1ms);
  EXPECT_EQ(events->listeners(), 1U);
  events->publish("notification", base::json::object{});
  EXPECT_EQ(next(one).event, "notification");
}

TEST_F(LiveEventsTest, The65thPageIsSentAway) {
  std::vector<http::Response> pages;
  for (std::size_t i = 0; i < LiveEvents::max_streams; ++i)
    pages.push_back(ask("GET", "/admin/api/events"));
  const http::Response refused = ask("GET", "/admin/api/events");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.has("Retry-After"));
  pages.pop_back();
  pass(1ms);
  EXPECT_EQ(ask("GET", "/admin/api/events").status, 200);
}

TEST_F(LiveEventsTest, APageThatReadsNothingIsDropped) {
  http::Response page = ask("GET", "/admin/api/events");
  const base::json::object big{{"text", std::string(100'000, 'x')}};
  for (int i = 0; i < 12; ++i) events->publish("notification", big);  // rule H2: 1 MiB
  pass(1ms);
  EXPECT_EQ(events->listeners(), 0U);
}

TEST_F(LiveEventsTest, ItMayGoBeforeItsPages) {
  http::Response page = ask("GET", "/admin/api/events");
  ASSERT_TRUE(phones.send_message({"+1202", "+1203", "one", {}}));
  events.reset();
  EXPECT_EQ(read(page), "");
  ASSERT_TRUE(phones.send_message({"+1202", "+1203", "two", {}}));
  pass(1ms);
}

}  // namespace
}  // namespace belfry::admin
