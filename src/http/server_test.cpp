#include "http/server_fixture.hpp"

namespace belfry::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string host = "Host: localhost\r\n";
const std::string last = host + "Connection: close\r\n\r\n";

struct ServerTest : ServerFixture {};

TEST_F(ServerTest, AnswersAndCloses) {
  const std::string answer = raw("GET /hello HTTP/1.1\r\n" + last);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\nhello"));
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  const std::string answer =
      raw("POST /echo HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\none" +
          "\r\nPOST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" +
          "3\r\ntwo\r\n0\r\n\r\n" + "HEAD /hello HTTP/1.1\r\n" + host + "\r\n" +
          "GET /hello HTTP/1.1\r\n" + last);
  EXPECT_EQ(count(answer, "HTTP/1.1 200 OK"), 4) << answer;
  EXPECT_LT(answer.find("one"), answer.find("two"));
  EXPECT_EQ(count(answer, "Content-Length: 5\r\n"), 2);
  EXPECT_EQ(count(answer, "\r\n\r\nhello"), 1);
}

TEST_F(ServerTest, AfterARefusalNothingMoreIsRead) {
  for (const std::string bad :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n"}) {
    const std::string answer = raw(bad + "GET /hello HTTP/1.1\r\n" + last);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
    EXPECT_EQ(count(answer, "HTTP/1.1"), 1) << answer;
  }
}

TEST_F(ServerTest, LimitsHaveTheirStatus) {
  EXPECT_THAT(
      raw("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + last), StartsWith("HTTP/1.1 414")
  );
  EXPECT_THAT(raw("GET /" + std::string(20000, 'a')), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(raw("GET / HTTP/1.1\r\nX: " + std::string(17000, 'a')), StartsWith("HTTP/1.1 431"));
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "X: y\r\n";
  EXPECT_THAT(raw("GET / HTTP/1.1\r\n" + fields + last), StartsWith("HTTP/1.1 431"));
  const std::string too_long = "Content-Length: 1048577\r\n" + last;
  EXPECT_THAT(raw("POST /echo HTTP/1.1\r\n" + too_long), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      raw("POST /echo HTTP/1.1\r\n" + too_long + std::string(1048577, 'x')),
      StartsWith("HTTP/1.1 413")
  );
  EXPECT_THAT(
      raw("POST /upload HTTP/1.1\r\n" + too_long + std::string(1048577, 'x')),
      HasSubstr("\r\n\r\n1048577")
  );
  EXPECT_THAT(
      raw("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + last + "fffff1\r\n"),
      StartsWith("HTTP/1.1 413")
  );
  EXPECT_THAT(
      raw("POST /echo HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n" + last),
      StartsWith("HTTP/1.1 415")
  );
  EXPECT_THAT(raw("TRACE /hello HTTP/1.1\r\n" + last), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(raw("BREW /hello HTTP/1.1\r\n" + last), StartsWith("HTTP/1.1 501"));
  EXPECT_THAT(raw("POST /hello HTTP/1.1\r\n" + last), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(raw("GET /throw HTTP/1.1\r\n" + last), StartsWith("HTTP/1.1 500"));
}

TEST_F(ServerTest, ContinueIsSentOnceTheBodyIsWanted) {
  const std::string head =
      "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + last;
  EXPECT_THAT(raw(head, "100 Continue\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_THAT(raw(head + "ok"), StartsWith("HTTP/1.1 200"));
  const std::string big =
      "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n" + last;
  EXPECT_THAT(raw(big), StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, SlowSendersAreClosedByTimer) {
  EXPECT_EQ(raw(""), "");  // idle: without a word
  EXPECT_THAT(raw("GET /hel"), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(
      raw("POST /echo HTTP/1.1\r\nContent-Length: 9\r\n" + last + "x"), StartsWith("HTTP/1.1 408")
  );
}

TEST_F(ServerTest, AReaderThatStopsIsCutOff) {
  const auto deaf = [](ServerTest& self) -> base::Task<bool> {
    auto connecting = net::connect(self.driver, self.address, self.loop.now() + 5s);
    auto stream = co_await std::move(connecting);
    auto writing = stream->write("GET /big HTTP/1.1\r\n" + last, self.loop.now() + 5s);
    static_cast<void>(co_await std::move(writing));
    while (self.server.connections() == 0) co_await base::sleep_for(self.loop, 1ms);
    while (self.server.connections() > 0) co_await base::sleep_for(self.loop, 1ms);
    co_return true;
  };
  EXPECT_TRUE(wait(deaf(*this)));
}

TEST_F(ServerTest, OneAddressGetsItsShareOfConnections) {
  std::vector<net::ByteStream> held;
  const auto hold = [](ServerTest& self, std::vector<net::ByteStream>& into) -> base::Task<bool> {
    auto connecting = net::connect(self.driver, self.address, self.loop.now() + 5s);
    auto stream = co_await std::move(connecting);
    into.push_back(std::move(*stream));
    co_return true;
  };
  for (int i = 0; i < 8; ++i) wait(hold(*this, held));
  driver.run_until([&] { return server.connections() == 8; }, 5s);
  const std::string answer = raw("GET /hello HTTP/1.1\r\n" + last);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, HasSubstr("Retry-After: "));
  held.clear();
  EXPECT_TRUE(driver.run_until([&] { return server.connections() == 0; }, 5s));
  EXPECT_THAT(raw("GET /hello HTTP/1.1\r\n" + last), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, StopFinishesWhatIsUnderWayAndClosesWhatIsIdle) {
  base::Event go(loop);
  const auto slow = [](base::Event& until) -> base::Task<Response> {
    co_await until.wait();
    co_return text(200, "done");
  };
  bool asked = false;
  router.add("GET /slow", [&](Request) {
    asked = true;
    return slow(go);
  });
  std::optional<std::string> answer;
  const auto ask = [](ServerTest& self, auto& into) -> base::Task<void> {
    base::Task<std::string> talking = self.talk("GET /slow HTTP/1.1\r\n" + host + "\r\n", {});
    into = co_await std::move(talking);
  };
  tasks.spawn(ask(*this, answer));
  ASSERT_TRUE(driver.run_until([&] { return asked; }, 5s));
  bool stopped = false;
  const auto stop = [](Server& on, base::Instant deadline, bool& done) -> base::Task<void> {
    base::Task<void> stopping = on.stop(deadline);
    co_await std::move(stopping);
    done = true;
  };
  tasks.spawn(stop(server, loop.now() + 5s, stopped));
  driver.run_until([&] { return stopped; }, 20ms);
  EXPECT_FALSE(stopped);
  EXPECT_EQ(raw("GET /hello HTTP/1.1\r\n" + last), "no connection");
  go.set();
  ASSERT_TRUE(driver.run_until([&] { return stopped && answer; }, 5s));
  EXPECT_THAT(*answer, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(answer->ends_with("done"));
}

/// Pieces of a body whose length its handler has promised.
struct Pieces final : BodyStream {
  explicit Pieces(std::vector<std::string> all) : pieces(std::move(all)) {}
  base::Task<std::optional<std::string>> next() override {
    if (taken == pieces.size()) co_return std::nullopt;
    co_return pieces[taken++];
  }
  std::vector<std::string> pieces;
  std::size_t taken = 0;
};

TEST_F(ServerTest, AStreamOfKnownLengthIsNotChunkedAndOneThatBreaksOffIsCut) {
  router.add("GET /stream", immediate([](const Request& request) {
               Response response;
               response.headers.set("Content-Length", "6");
               std::vector<std::string> pieces{"abc"};
               if (request.query.empty()) pieces.emplace_back("def, and what nobody asked for");
               response.stream = std::make_unique<Pieces>(std::move(pieces));
               return response;
             }));
  const std::string get = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string whole = raw(get + "GET /stream HTTP/1.1\r\n" + last);
  EXPECT_EQ(count(whole, "\r\n\r\nabcdef"), 2) << whole;
  EXPECT_EQ(count(whole, "Content-Length: 6\r\n"), 2) << whole;
  EXPECT_THAT(whole, Not(HasSubstr("chunked")));
  EXPECT_THAT(whole, Not(HasSubstr("nobody")));
  const std::string cut =
      raw("GET /stream?cut HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hello HTTP/1.1\r\n" + last);
  EXPECT_TRUE(cut.ends_with("abc")) << cut;
  const std::string head = raw("HEAD /stream HTTP/1.1\r\n" + last);
  EXPECT_THAT(head, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

TEST_F(ServerTest, EventsReachTheClientAndItsLeavingIsNoticed) {
  std::optional<EventStream> events;
  bool closed = false;
  router.add("GET /events", immediate([&](const Request&) {
               events.emplace(loop);
               events->on_closed([&] { closed = true; });
               EXPECT_TRUE(events->send("first\nsecond", "call", "7"));
               return events->open();
             }));
  const std::string heard = raw("GET /events HTTP/1.1\r\n" + host + "\r\n", "second\n\n");
  EXPECT_THAT(heard, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(heard, HasSubstr("id: 7\nevent: call\ndata: first\ndata: second\n\n"));
  EXPECT_TRUE(driver.run_until([&] { return closed; }, 5s));
  EXPECT_FALSE(events->send("nobody"));
}

TEST_F(ServerTest, AnEventStreamDropsAClientForWhichAMebibyteWaits) {
  EventStream events(loop);
  Response response = events.open();
  const std::string piece(64 << 10, 'x');
  int sent = 0;
  while (events.send(piece) && sent < 100) ++sent;
  EXPECT_EQ(sent, 15);
  EXPECT_FALSE(events.is_open());
}

TEST_F(ServerTest, AnEventStreamThatIsClosedEndsTheResponse) {
  router.add("GET /events", immediate([&](const Request&) {
               EventStream events(loop);
               events.send("only");
               return events.open();
             }));
  const std::string heard = raw("GET /events HTTP/1.1\r\n" + last);
  EXPECT_TRUE(heard.ends_with("data: only\n\n\r\n0\r\n\r\n")) << heard;
}

TEST(EventStream, SendsACommentIntoSilence) {
  base::VirtualClock clock;
  base::Loop loop(clock);
  base::TaskGroup tasks(loop);
  EventStream events(loop);
  Response response = events.open();
  std::optional<std::string> piece;
  const auto next = [](BodyStream& body, auto& into) -> base::Task<void> {
    base::Task<std::optional<std::string>> making = body.next();
    into = co_await std::move(making);
  };
  tasks.spawn(next(*response.stream, piece));
  loop.run_ready();
  EXPECT_FALSE(piece);
  clock.advance(15s);
  loop.run_ready();
  EXPECT_EQ(piece, ": keep-alive\n\n");
}

}  // namespace
}  // namespace belfry::http
