#include <sys/stat.h>

#include "net/listener.hpp"
#include "net/self_signed.hpp"
#include "net/tcp_connection.hpp"

namespace belfry::net {
namespace {

using namespace std::chrono_literals;
using base::Result;
using base::Task;

std::filesystem::path fresh_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "belfry-net-XXXXXX").string();
  return mkdtemp(pattern.data());
}

struct StreamTest : testing::Test {
  base::SystemClock clock;
  base::Loop loop{clock};
  Driver driver{loop};
  base::TaskGroup tasks{loop};
  std::filesystem::path folder = fresh_folder();
  std::optional<Result<ByteStream>> connected;
  std::optional<TcpConnection> served;
  std::string served_error;
  Address any = *Address::parse("127.0.0.1:0");

  ~StreamTest() override { std::filesystem::remove_all(folder); }

  /// Sends back in capitals what it hears.
  Listener serve(const TlsContext* tls) {
    auto listener = Listener::open(driver, any, tls, [this](ByteStream stream) {
      TcpConnection::Callbacks callbacks;
      callbacks.receive = [this](std::string_view chunk) {
        std::string answer(chunk);
        for (char& c : answer) c = static_cast<char>(std::toupper(c));
        EXPECT_TRUE(served->send(answer));
      };
      callbacks.closed = [this](const base::Error& why) { served_error = why.message; };
      served.emplace(driver, std::move(stream), std::move(callbacks));
    });
    return std::move(*listener);
  }
  void open(const Address& to, std::optional<TlsPeer> tls, base::Duration limit = 5s) {
    const auto dial = [](StreamTest& self, Address target, std::optional<TlsPeer> peer,
                         base::Instant deadline) -> Task<void> {
      Task<Result<ByteStream>> connecting = connect(self.driver, target, deadline, std::move(peer));
      self.connected = co_await std::move(connecting);
    };
    tasks.spawn(dial(*this, to, std::move(tls), loop.now() + limit));
    ASSERT_TRUE(driver.run_until([&] { return connected.has_value(); }, 10s));
  }
  std::string exchange(std::string bytes, std::size_t expected) {
    std::string heard;
    bool done = false;
    const auto talk = [](StreamTest& self, std::string out, std::size_t size, std::string& in,
                         bool& finished) -> Task<void> {
      ByteStream& stream = **self.connected;
      Task<Result<void>> writing = stream.write(std::move(out), self.loop.now() + 5s);
      const Result<void> written = co_await std::move(writing);
      EXPECT_TRUE(written);
      while (in.size() < size) {
        Task<Result<std::string>> reading = stream.read(self.loop.now() + 5s);
        const Result<std::string> chunk = co_await std::move(reading);
        if (!chunk || chunk->empty()) break;
        in += *chunk;
      }
      finished = true;
    };
    tasks.spawn(talk(*this, std::move(bytes), expected, heard, done));
    EXPECT_TRUE(driver.run_until([&] { return done; }, 10s));
    return heard;
  }
  TlsContext server_tls() {
    const auto files = ensure_self_signed(folder, {}, clock.wall_now());
    auto context = TlsContext::server(files->certificate, files->key);
    return std::move(*context);
  }
};

TEST_F(StreamTest, TcpCarriesBytesBothWaysAndTellsOfTheEnd) {
  const Listener listener = serve(nullptr);
  open(listener.local(), std::nullopt);
  ASSERT_TRUE(*connected);
  EXPECT_EQ(exchange("hello", 5), "HELLO");
  const std::string big(300'000, 'b');
  EXPECT_EQ(exchange(big, big.size()), std::string(300'000, 'B'));
  connected.reset();
  EXPECT_TRUE(driver.run_until([&] { return !served_error.empty(); }, 5s));
}

TEST_F(StreamTest, AReadThatTimedOutLosesNothing) {
  const Listener listener = serve(nullptr);
  open(listener.local(), std::nullopt);
  std::optional<Result<std::string>> first;
  const auto impatient = [](StreamTest& self, auto& into) -> Task<void> {
    Task<Result<std::string>> reading = (*self.connected)->read(self.loop.now() + 5ms);
    into = co_await std::move(reading);
  };
  tasks.spawn(impatient(*this, first));
  driver.run_until([&] { return first.has_value(); }, 5s);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->error().code, base::Errc::timed_out);
  EXPECT_EQ(exchange("later", 5), "LATER");
}

TEST_F(StreamTest, TlsNeedsACertificateThatIsTrusted) {
  const TlsContext tls = server_tls();
  const Listener listener = serve(&tls);
  const auto stranger = *TlsContext::client(std::nullopt);
  open(listener.local(), TlsPeer{stranger, "localhost"});
  EXPECT_FALSE(*connected);
  connected.reset();
  const auto friendly = *TlsContext::client(folder / "tls-certificate.pem");
  open(listener.local(), TlsPeer{friendly, "example.com"});
  EXPECT_FALSE(*connected);
  connected.reset();
  open(listener.local(), TlsPeer{friendly, "localhost"});
  ASSERT_TRUE(*connected) << connected->error().message;
  EXPECT_EQ(exchange("secret", 6), "SECRET");
  connected.reset();
  open(listener.local(), TlsPeer{friendly, "127.0.0.1"});
  ASSERT_TRUE(*connected) << connected->error().message;
  connected.reset();
  open(listener.local(), TlsPeer{friendly, "127.0.0.2"});
  EXPECT_FALSE(*connected) << "the certificate names another address";
}

TEST_F(StreamTest, TlsCarriesMuchBothWaysAndTellsOfTheEnd) {
  const TlsContext tls = server_tls();
  const Listener listener = serve(&tls);
  const auto friendly = *TlsContext::client(folder / "tls-certificate.pem");
  open(listener.local(), TlsPeer{friendly, "localhost"});
  ASSERT_TRUE(*connected) << connected->error().message;
  const std::string big(3'000'000, 'b');  // more than the kernel's buffers hold
  EXPECT_TRUE(exchange(big, big.size()) == std::string(3'000'000, 'B'));
  served_error.clear();
  connected.reset();
  EXPECT_TRUE(driver.run_until([&] { return !served_error.empty(); }, 5s));
}

TEST_F(StreamTest, TheSelfMadeCertificateIsKeptAndItsKeyIsPrivate) {
  const auto first = *ensure_self_signed(folder, {"pbx.example"}, clock.wall_now());
  struct stat key{};
  ASSERT_EQ(stat(first.key.c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600);
  const auto written = std::filesystem::last_write_time(first.certificate);
  ASSERT_TRUE(ensure_self_signed(folder, {"pbx.example"}, clock.wall_now()));
  EXPECT_EQ(std::filesystem::last_write_time(first.certificate), written);
  ASSERT_TRUE(ensure_self_signed(folder, {}, clock.wall_now() + 800 * 24h));
  EXPECT_NE(std::filesystem::last_write_time(first.certificate), written);
}

TEST_F(StreamTest, AClosedPortIsRefused) {
  Address nobody;
  {
    const Listener listener = serve(nullptr);
    nobody = listener.local();
  }
  open(nobody, std::nullopt);
  ASSERT_FALSE(*connected);
  EXPECT_EQ(connected->error().code, base::Errc::refused);
}

TEST_F(StreamTest, APeerThatDoesNotReadFillsAMebibyteAndNoMore) {
  std::optional<TcpConnection> talker;
  auto listener = Listener::open(driver, any, nullptr, [&](ByteStream stream) {
    talker.emplace(driver, std::move(stream), TcpConnection::Callbacks{[](auto) {}, {}});
  });
  open(listener->local(), std::nullopt);
  ASSERT_TRUE(driver.run_until([&] { return talker.has_value(); }, 5s));
  Result<void> sent;
  int pieces = 0;
  for (; sent && pieces < 1000; ++pieces) sent = talker->send(std::string(65536, 'x'));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, base::Errc::unavailable);
  EXPECT_EQ(pieces, 17);
}

TEST_F(StreamTest, AConnectionMayBeDestroyedInItsOwnCallback) {
  std::optional<TcpConnection> fragile;
  bool heard = false;
  auto listener = Listener::open(driver, any, nullptr, [&](ByteStream stream) {
    TcpConnection::Callbacks callbacks;
    callbacks.receive = [&](std::string_view) {
      heard = true;
      fragile.reset();
    };
    fragile.emplace(driver, std::move(stream), std::move(callbacks));
  });
  open(listener->local(), std::nullopt);
  EXPECT_EQ(exchange("bye", 1), "");
  EXPECT_TRUE(heard);
}

}  // namespace
}  // namespace belfry::net
