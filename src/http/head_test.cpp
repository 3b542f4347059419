#include "http/head.hpp"

#include "http/body_reader.hpp"

namespace belfry::http {
namespace {

int status_of(const std::string& head) {
  const auto parsed = parse_head(head, {});
  return parsed ? 200 : parsed.error().detail;
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
      {"POST / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\n\r\n", 417},
      {"GET /" + std::string(8192, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
  };
  for (const auto& [head, status] : rows) EXPECT_EQ(status_of(head), status) << head;
}

TEST(Head, CountsFields) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 99; ++i) head += "X: y\r\n";
  EXPECT_EQ(status_of(head + "\r\n"), 200);
  EXPECT_EQ(status_of(head + "X: y\r\n\r\n"), 431);
}

TEST(Head, IsFoundOnceWholeAndRefusedOnceTooLong) {
  EXPECT_EQ(**find_head("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest", {}), 27U);
  EXPECT_FALSE(find_head("GET / HTTP/1.1\r\nHost: a\r\n\r", {})->has_value());
  EXPECT_EQ(find_head("GET /" + std::string(9000, 'a'), {}).error().detail, 414);
  EXPECT_EQ(find_head("GET / HTTP/1.1\r\nX: " + std::string(17000, 'a'), {}).error().detail, 431);
  EXPECT_EQ(find_head("GET / HTTP/1.1\nHost", {}).error().detail, 400);
}

TEST(Head, TellsWhetherTheConnectionStays) {
  const auto stays = [](const std::string& line, const std::string& field) {
    return parse_head("GET / HTTP/" + line + "\r\nHost: a\r\n" + field + "\r\n", {})->keep_alive;
  };
  EXPECT_TRUE(stays("1.1", ""));
  EXPECT_FALSE(stays("1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(stays("1.0", ""));
  EXPECT_TRUE(stays("1.0", "Connection: keep-alive\r\n"));
}

/// The outcome of feeding `bytes` one at a time: the body, or the status of the error.
std::string read_chunked(const std::string& bytes, std::size_t limit = 100) {
  Head head;
  head.chunked = true;
  BodyReader reader(head, limit);
  std::string buffer;
  for (const char byte : bytes) {
    buffer += byte;
    const auto complete = reader.feed(buffer);
    if (!complete) return std::to_string(complete.error().detail);
    if (*complete) return reader.take();
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

}  // namespace
}  // namespace belfry::http
