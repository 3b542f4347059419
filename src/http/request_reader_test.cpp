#include "http/request_reader.hpp"

namespace belfry::http {
namespace {

/// 0 when the head is not complete.
int status_of(std::string head) {
  RequestReader reader;
  const auto complete = reader.read_head(head);
  if (!complete) return complete.error().detail;
  return *complete ? 200 : 0;
}
/// The same, when the bytes arrive one by one.
int status_of_drip(const std::string& head) {
  RequestReader reader;
  std::string buffer;
  for (const char byte : head) {
    buffer += byte;
    const auto complete = reader.read_head(buffer);
    if (!complete) return complete.error().detail;
    if (*complete) return 200;
  }
  return 0;
}

TEST(Head, RefusesEveryRowOfRuleH1) {
  const std::string host = "Host: a\r\n";
  const std::vector<std::pair<std::string, int>> rows{
      {"GET / HTTP/1.1\r\n" + host + "\r\n", 200},
      {"GET / HTTP/1.0\r\n" + host + "\r\n", 200},
      {"OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 200},
      {"GET http://A/x?y HTTP/1.1\r\n" + host + "\r\n", 200},
      {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + host + "\r\n", 400},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET http://other/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET ftp://a/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET * HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET x HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET ../x HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /\xC3\xA9 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /%zz HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /%00 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /\r\n" + host + "\r\n", 400},
      {"GET / HTTP/1.1 \r\n" + host + "\r\n", 400},
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 505},
      {"GET / http/1.1\r\n" + host + "\r\n", 400},
      {"BREW / HTTP/1.1\r\n" + host + "\r\n", 501},
      {"TRACE / HTTP/1.1\r\n" + host + "\r\n", 405},
      {"CONNECT a:1 HTTP/1.1\r\n" + host + "\r\n", 405},
      {"G(T / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + ": y\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n X: a\r\n" + host + "\r\n", 400},
      {"GET / HTTP/1.1\n" + host + "\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X: a\nb\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "X: a\x01\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: Chunked\r\n\r\n", 200},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: \x0b"
           "chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400
      },
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400
      },
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Encoding: gzip\r\n\r\n", 415},
      {"POST / HTTP/1.1\r\n" + host + "Authorization: Basic x\r\nContent-Encoding: br\r\n\r\n", 415
      },
      {"POST / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\n\r\n", 417},
      {"GET /" + std::string(8192, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
  };
  for (const auto& [head, status] : rows) {
    EXPECT_EQ(status_of(head), status) << head;
    EXPECT_EQ(status_of_drip(head), status) << head;
  }
}

TEST(Head, CountsFields) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 99; ++i) head += "X: y\r\n";
  EXPECT_EQ(status_of(head + "\r\n"), 200);
  EXPECT_EQ(status_of(head + "X: y\r\n\r\n"), 431);
}

TEST(Head, IsFoundOnceWholeAndRefusedOnceTooLong) {
  RequestReader reader;
  std::string buffer = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
  EXPECT_TRUE(reader.read_head(buffer).value());
  EXPECT_EQ(buffer, "rest");
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n\r"), 0);
  EXPECT_EQ(status_of("GET /" + std::string(9000, 'a')), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(17000, 'a')), 431);
  EXPECT_EQ(status_of("GET / HTTP/1.1\nHost"), 400);
}

TEST(Head, HasTheSameLimitsInHoweverManyPiecesItArrives) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string longest = start + std::string((16 << 10) - start.size() - 4, 'x');
  EXPECT_EQ(status_of(longest + "\r\n\r\n"), 200);
  EXPECT_EQ(status_of_drip(longest + "\r\n\r\n"), 200);
  EXPECT_EQ(status_of(longest + "x\r\n\r\n"), 431);
  EXPECT_EQ(status_of_drip(longest + "x\r\n\r\n"), 431);
  EXPECT_EQ(status_of_drip("GET /" + std::string(9000, 'a')), 414);
  EXPECT_EQ(status_of_drip("GET / HTTP/1.1\r\nX: " + std::string(17000, 'a')), 431);
}

TEST(Head, IsKnownAsFarAsItWasReadWhenItIsRefused) {
  RequestReader reader;
  std::string buffer = "POST /calls HTTP/1.1\r\n\r\n";
  EXPECT_FALSE(reader.read_head(buffer));
  EXPECT_EQ(reader.head().method, "POST");
  EXPECT_EQ(reader.head().target, "/calls");
}

TEST(Head, TellsWhetherTheConnectionStays) {
  const auto stays = [](const std::string& line, const std::string& field) {
    RequestReader reader;
    std::string buffer = "GET / HTTP/" + line + "\r\nHost: a\r\n" + field + "\r\n";
    EXPECT_TRUE(reader.read_head(buffer).value());
    return reader.head().keep_alive;
  };
  EXPECT_TRUE(stays("1.1", ""));
  EXPECT_FALSE(stays("1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(stays("1.0", ""));
  EXPECT_TRUE(stays("1.0", "Connection: keep-alive\r\n"));
}

RequestReader after_head(const std::string& framing) {
  RequestReader reader;
  std::string head = "POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n";
  EXPECT_TRUE(reader.read_head(head).value());
  return reader;
}

/// The outcome of feeding `bytes`, `step` at a time: the body, or the status of the error.
std::string read_chunked(const std::string& bytes, std::size_t limit = 100, std::size_t step = 1) {
  RequestReader reader = after_head("Transfer-Encoding: chunked");
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    buffer += bytes.substr(at, step);
    const auto complete = reader.read_body(buffer, limit);
    if (!complete) return std::to_string(complete.error().detail);
    if (*complete) return reader.take_body() + buffer;
  }
  return "more";
}

TEST(BodyReader, TakesChunksApart) {
  EXPECT_EQ(read_chunked("5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"), "hello world");
  EXPECT_EQ(read_chunked("0\r\nTrailer: x\r\n\r\n"), "");
  EXPECT_EQ(read_chunked("5\r\nhello\r\n0\r\n"), "more");
  for (const std::string bad :
       {"x\r\n", "-1\r\n", "+1\r\n", "0x5\r\n", "\r\n", ";a\r\n", "5\r\nhelloX\r\n", "5\nhello\r\n",
        "1\r\na\n\r\n", "fffffffffffffffff\r\n", "1;\x01\r\na\r\n"})
    EXPECT_EQ(read_chunked(bad), "400") << bad;
  EXPECT_EQ(read_chunked(std::string(2000, '1')), "400");
  EXPECT_EQ(read_chunked("ff\r\n"), "413");
  EXPECT_EQ(read_chunked("60\r\n" + std::string(96, 'a') + "\r\n5\r\n"), "413");
}

TEST(BodyReader, DoesNotCareInWhichPiecesTheBytesArrive) {
  const std::string body = "5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0;z\r\nTrailer: x\r\n\r\n";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    EXPECT_EQ(read_chunked(body, 100, step), "hello world") << step;
    EXPECT_EQ(read_chunked("0\r\n\r\n", 100, step), "") << step;
    EXPECT_EQ(read_chunked("000\r\n\r\n", 100, step), "") << step;
  }
  EXPECT_EQ(read_chunked("0\r\n\r\nGET", 100, 8), "GET");
}

TEST(BodyReader, BoundsWhatIsNotBodyAndLetsNoTrailerFrame) {
  const std::string padding(2000, 'x');
  for (const std::size_t step : {1UZ, 1UZ << 20}) {
    EXPECT_EQ(read_chunked("1;" + padding + "\r\na\r\n0\r\n\r\n", 100, step), "400");
    EXPECT_EQ(read_chunked("0\r\nA: " + padding + "\r\n\r\n", 100, step), "400");
    EXPECT_EQ(read_chunked("1;a=\"\n\"\r\na\r\n0\r\n\r\n", 100, step), "400");
    EXPECT_EQ(read_chunked("0\r\nContent-Length: 3\r\n\r\n", 100, step), "400");
    EXPECT_EQ(read_chunked("0\r\nTransfer-Encoding: x\r\n\r\n", 100, step), "400");
  }
}

TEST(BodyReader, TakesADeclaredLengthOrRefusesItUnseen) {
  RequestReader reader = after_head("Content-Length: 5");
  std::string buffer = "hel";
  EXPECT_FALSE(reader.read_body(buffer, 5).value());
  buffer += "loGET";
  EXPECT_TRUE(reader.read_body(buffer, 5).value());
  EXPECT_EQ(reader.take_body(), "hello");
  EXPECT_EQ(buffer, "GET");
  RequestReader longer = after_head("Content-Length: 6");
  std::string nothing;
  EXPECT_EQ(longer.read_body(nothing, 5).error().detail, 413);
}

}  // namespace
}  // namespace belfry::http
