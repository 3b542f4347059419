#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/wait.hpp"
#include "http/event_stream.hpp"
#include "http/server.hpp"

namespace belfry::http {

/// A server on a free port of loopback with small limits, and a raw client of it.
struct ServerFixture : testing::Test {
  static Server::Settings small_limits() {
    using namespace std::chrono_literals;
    Server::Settings settings;
    settings.head_time = 80ms;
    settings.idle_time = 120ms;
    settings.body_grace = 80ms;
    settings.body_bytes_per_second = 100'000;
    settings.write_time = 200ms;
    settings.connections_per_address = 8;
    settings.websockets_per_address = 12;
    return settings;
  }

  ServerFixture() {
    router.add("GET /hello", immediate([](const Request&) { return text(200, "hello"); }));
    router.add("POST /echo", immediate([](const Request& request) {
                 return text(200, request.body);
               }));
    router.add(
        "POST /upload", immediate([](const Request& request) {
          return text(200, std::to_string(request.body.size()));
        }),
        {.max_body = 4 << 20}
    );
    router.add("GET /throw", [](Request) -> base::Task<Response> {
      throw std::runtime_error("a defect");
    });
    router.add("GET /big", immediate([](const Request&) {
                 return text(200, std::string(32 << 20, 'x'));
               }));
    address = *server.listen(*net::Address::parse("127.0.0.1:0"));
  }

  template <class T>
  T wait(base::Task<T> task) {
    std::optional<T> value;
    const auto store = [](base::Task<T> from, std::optional<T>& into) -> base::Task<void> {
      into = co_await std::move(from);
    };
    tasks.spawn(store(std::move(task), value));
    EXPECT_TRUE(driver.run_until([&] { return value.has_value(); }, std::chrono::seconds(20)));
    return value ? std::move(*value) : T{};
  }

  /// Sends `bytes`, then reads until the server closes. `until`: stop when this has arrived.
  base::Task<std::string> talk(std::string bytes, std::string until) {
    using namespace std::chrono_literals;
    auto connecting = net::connect(driver, address, loop.now() + 5s);
    base::Result<net::ByteStream> stream = co_await std::move(connecting);
    if (!stream) co_return "no connection";
    base::Task<base::Result<void>> writing = stream->write(std::move(bytes), loop.now() + 5s);
    static_cast<void>(co_await std::move(writing));
    std::string heard;
    while (until.empty() || !heard.contains(until)) {
      base::Task<base::Result<std::string>> reading = stream->read(loop.now() + 5s);
      const base::Result<std::string> chunk = co_await std::move(reading);
      if (!chunk && chunk.error().code == base::Errc::timed_out) co_return heard + "<hangs>";
      if (!chunk || chunk->empty()) break;
      heard += *chunk;
    }
    co_return heard;
  }
  std::string raw(std::string bytes, std::string until = {}) {
    return wait(talk(std::move(bytes), std::move(until)));
  }
  static int count(const std::string& text, std::string_view what) {
    int found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  }

  base::SystemClock clock;
  base::Loop loop{clock};
  net::Driver driver{loop};
  base::SeededRandom random{1};
  Router router{loop};
  Gate gate{router, random, {}};
  Server server{driver, gate, small_limits()};
  net::Address address;
  base::TaskGroup tasks{loop};
};

}  // namespace belfry::http
