// Real sockets on loopback: UDP, TCP and the limits of rules S10 and O4.
#include "gateway/sip/sockets.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "base/encoding.hpp"
#include "net/byte_stream.hpp"
#include "net/self_signed.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace std::chrono_literals;
using belfry::sip::Endpoint;
using belfry::sip::Flow;
using belfry::sip::Transport;

struct Inbox final : TransportReceiver {
  void on_message(const Flow& flow, std::span<const std::byte> bytes) override {
    flows.push_back(flow);
    messages.emplace_back(base::as_text(bytes));
    if (on_each) on_each(flow);
  }
  void on_transport_failure(const Flow& flow) override { failed.push_back(flow); }
  std::vector<Flow> flows, failed;
  std::vector<std::string> messages;
  std::function<void(const Flow&)> on_each;
};

struct SocketsTest : testing::Test {
  SocketsTest() : ours(open()), theirs(open()) {
    ours->set_receiver(&our_inbox);
    theirs->set_receiver(&their_inbox);
  }
  std::unique_ptr<Sockets> open() {
    Sockets::Settings settings;
    settings.addresses = {*net::Address::from("127.0.0.1", 0)};
    auto opened = Sockets::open(driver, settings);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  bool wait_for(const std::function<bool()>& done) { return driver.run_until(done, 5s); }
  const Endpoint& their_address() const { return theirs->listeners().front(); }
  static std::string message(std::string_view call_id) {
    return "OPTIONS sip:x SIP/2.0\r\nCall-ID: " + std::string(call_id) +
           "\r\nContent-Length: 0\r\n\r\n";
  }
  net::ByteStream connect_to_us() {
    std::optional<net::ByteStream> stream;
    base::TaskGroup tasks(loop);
    base::Task<void> task = connect(*this, stream);
    tasks.spawn(std::move(task));
    EXPECT_TRUE(wait_for([&] { return stream.has_value(); }));
    return std::move(*stream);
  }
  static base::Task<void> connect(SocketsTest& test, std::optional<net::ByteStream>& into) {
    const Endpoint& us = test.ours->listeners().front();
    const auto address = net::Address::from(us.address, us.port);
    auto made = co_await net::connect(test.driver, *address, test.loop.now() + 5s);
    if (made) into.emplace(std::move(*made));
  }
  static base::Task<void> write_and_read(
      net::ByteStream& stream, std::string bytes, base::Loop& at, std::string& into, bool& ended
  ) {
    const base::Instant deadline = at.now() + 5s;
    const auto written = co_await stream.write(std::move(bytes), deadline);
    while (written) {
      const auto chunk = co_await stream.read(deadline);
      if (!chunk || chunk->empty()) break;
      into += *chunk;
    }
    ended = true;
  }

  base::SystemClock clock;
  base::Loop loop{clock};
  net::Driver driver{loop};
  Inbox our_inbox, their_inbox;
  std::unique_ptr<Sockets> ours, theirs;
};

TEST_F(SocketsTest, ADatagramArrivesAndItsAnswerLeavesFromTheSameSocket) {
  ours->send(*ours->flow_to(Transport::udp, their_address()), message("one"));
  ASSERT_TRUE(wait_for([&] { return !their_inbox.messages.empty(); }));
  EXPECT_EQ(their_inbox.messages.front(), message("one"));
  theirs->send(their_inbox.flows.front(), message("two"));
  ASSERT_TRUE(wait_for([&] { return !our_inbox.messages.empty(); }));
  EXPECT_EQ(our_inbox.flows.front().remote, their_address());
}

TEST_F(SocketsTest, AStreamIsOpenedOnDemandAndUsedBothWays) {
  const Flow flow = *ours->flow_to(Transport::tcp, their_address());
  ours->send(flow, message("one"));
  ours->send(flow, message("two"));
  ASSERT_TRUE(wait_for([&] { return their_inbox.messages.size() == 2; }));
  EXPECT_EQ(their_inbox.flows[0].connection, their_inbox.flows[1].connection);
  theirs->send(their_inbox.flows.front(), message("answer"));
  ASSERT_TRUE(wait_for([&] { return !our_inbox.messages.empty(); }));
  EXPECT_EQ(our_inbox.flows.front().remote, their_address());
}

TEST_F(SocketsTest, AStreamThatNobodyAcceptsIsAFailure) {
  const Endpoint nobody{"127.0.0.1", 9};
  ours->send({Transport::tcp, ours->listeners().front(), nobody, 0}, message("one"));
  ASSERT_TRUE(wait_for([&] { return !our_inbox.failed.empty(); }));
  EXPECT_EQ(our_inbox.failed.front().remote, nobody);
}

/// Both ends have a certificate for this machine; whom they believe differs.
struct TlsSocketsTest : SocketsTest {
  TlsSocketsTest() {
    std::filesystem::create_directories(folder);
    const auto files = net::ensure_self_signed(folder, {}, loop.wall_now());
    EXPECT_TRUE(files);
    certificate.emplace(std::move(*net::TlsContext::server(files->certificate, files->key)));
    authorities.emplace(std::move(*net::TlsContext::client(files->certificate)));
    strangers.emplace(std::move(*net::TlsContext::client(std::nullopt)));
    ours->set_authorities(*authorities);
    const auto listening = theirs->listen_tls(*net::Address::from("127.0.0.1", 0), *certificate);
    EXPECT_TRUE(listening);
    their_tls = *listening;
  }
  ~TlsSocketsTest() override { std::filesystem::remove_all(folder); }
  Flow to_them(const std::string& host) const {
    Flow flow = *ours->flow_to(Transport::tls, their_tls);
    flow.certified_host = host;
    return flow;
  }
  bool is_refused(const Flow& flow) {
    ours->send(flow, message("secret"));
    const bool failed = wait_for([&] { return !our_inbox.failed.empty(); });
    return failed && their_inbox.messages.empty();
  }

  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("tls" + std::to_string(getpid()));
  std::optional<net::TlsContext> certificate, authorities, strangers;
  Endpoint their_tls;
};

TEST_F(TlsSocketsTest, AnEncryptedStreamIsUsedBothWays) {
  for (const char* host : {"localhost", "127.0.0.1"}) {
    our_inbox = {};
    their_inbox = {};
    ours->send(to_them(host), message("one"));
    ASSERT_TRUE(wait_for([&] { return !their_inbox.messages.empty(); })) << host;
    EXPECT_EQ(their_inbox.flows.front().transport, Transport::tls);
    theirs->send(their_inbox.flows.front(), message("answer"));
    ASSERT_TRUE(wait_for([&] { return !our_inbox.messages.empty(); })) << host;
    EXPECT_EQ(our_inbox.flows.front().certified_host, host);
  }
}

TEST_F(TlsSocketsTest, ACertificateOfAnotherHostIsRefused) {
  EXPECT_TRUE(is_refused(to_them("carrier.example")));
}

TEST_F(TlsSocketsTest, ACertificateThatNobodyWeBelieveHasSignedIsRefused) {
  ours->set_authorities(*strangers);
  EXPECT_TRUE(is_refused(to_them("localhost")));
}

TEST_F(TlsSocketsTest, WhoCameToUsIsNotCalledBackWhenItsConnectionHasGone) {
  ours->send(to_them("localhost"), message("one"));
  ASSERT_TRUE(wait_for([&] { return !their_inbox.messages.empty(); }));
  const Flow flow = their_inbox.flows.front();
  ours.reset();
  ASSERT_TRUE(wait_for([&] { return !their_inbox.failed.empty(); }));
  their_inbox.failed.clear();
  theirs->set_authorities(*authorities);
  theirs->send(flow, message("call"));
  ASSERT_TRUE(wait_for([&] { return !their_inbox.failed.empty(); }));
  EXPECT_EQ(their_inbox.failed.front(), flow);
}

TEST_F(TlsSocketsTest, PlainBytesOnAnEncryptedPortAreNoMessage) {
  Flow flow{Transport::tcp, {}, their_tls, 0};
  ours->send(flow, message("plain"));
  EXPECT_TRUE(wait_for([&] { return !our_inbox.failed.empty(); }));
  EXPECT_TRUE(their_inbox.messages.empty());
}

TEST_F(SocketsTest, S10_AKeepAliveIsAnsweredAndNonsenseEndsTheConnection) {
  net::ByteStream stream = connect_to_us();
  base::TaskGroup tasks(loop);
  std::string heard;
  bool ended = false;
  our_inbox.on_each = [this](const Flow& flow) { ours->send(flow, "SIP/2.0 400 X\r\n\r\n"); };
  std::string bytes =
      "\r\n\r\n" + message("one") + "INVITE sip:x SIP/2.0\r\nContent-Length: oops\r\n\r\n";
  base::Task<void> task = write_and_read(stream, std::move(bytes), loop, heard, ended);
  tasks.spawn(std::move(task));
  EXPECT_TRUE(wait_for([&] { return ended; }));
  EXPECT_TRUE(heard.starts_with("\r\n"));
  EXPECT_TRUE(heard.ends_with("SIP/2.0 400 X\r\n\r\n")) << "the answer leaves before it closes";
  ASSERT_EQ(our_inbox.messages.size(), 2u);
  EXPECT_EQ(our_inbox.messages.front(), message("one"));
}

TEST_F(SocketsTest, S10_SixteenConnectionsForOneSource) {
  std::vector<net::ByteStream> streams;
  for (int at = 0; at < 16; ++at) streams.push_back(connect_to_us());
  net::ByteStream extra = connect_to_us();
  base::TaskGroup tasks(loop);
  std::string heard;
  bool ended = false;
  base::Task<void> task = write_and_read(extra, message("extra"), loop, heard, ended);
  tasks.spawn(std::move(task));
  EXPECT_TRUE(wait_for([&] { return ended; })) << "it is closed at once";
  EXPECT_TRUE(our_inbox.messages.empty());
}

TEST_F(SocketsTest, S10_AnIdleConnectionEndsUnlessAPhoneIsRegisteredOverIt) {
  std::uint64_t registered = 0;
  std::vector<Flow> arrived, ended;
  Streams::Owner owner;
  owner.on_message = [&](const Flow& flow, std::span<const std::byte>) {
    if (arrived.empty()) registered = flow.connection;
    arrived.push_back(flow);
  };
  owner.on_failure = [&](const Flow& flow) { ended.push_back(flow); };
  owner.is_in_use = [&](std::uint64_t connection) { return connection == registered; };
  Streams streams(driver, owner, {.connections = 8, .per_source = 8, .idle = 50ms});
  const auto at = streams.listen(*net::Address::from("127.0.0.1", 0));
  ASSERT_TRUE(at);
  const Endpoint remote{"127.0.0.1", at->port};
  ours->send(*ours->flow_to(Transport::tcp, remote), message("registered"));
  ASSERT_TRUE(wait_for([&] { return arrived.size() == 1; }));
  theirs->send(*theirs->flow_to(Transport::tcp, remote), message("stranger"));
  ASSERT_TRUE(wait_for([&] { return arrived.size() == 2 && !ended.empty(); }));
  EXPECT_EQ(ended.front().connection, arrived[1].connection);
  EXPECT_EQ(streams.connection_count(), 1u);
}

TEST_F(SocketsTest, O4_AFloodIsCutOffAndTrunksAreExempt) {
  const Flow flow = *ours->flow_to(Transport::udp, their_address());
  std::size_t looked_at = 0;
  const auto flood = [&](bool exempt) {
    looked_at = 0;
    their_inbox.messages.clear();
    theirs->set_exempt([&looked_at, exempt](std::string_view) {
      ++looked_at;
      return exempt;
    });
    for (std::size_t at = 1; at <= 600; ++at) {
      ours->send(flow, message("flood"));
      EXPECT_TRUE(wait_for([&] { return looked_at == at; }));
    }
    return their_inbox.messages.size();
  };
  EXPECT_EQ(flood(true), 600u);
  const base::Instant before = loop.now();
  const std::size_t passed = flood(false);
  const double seconds = std::chrono::duration<double>(loop.now() - before).count();
  EXPECT_GE(passed, 400u);
  EXPECT_LE(static_cast<double>(passed), 400 + 200 * seconds + 1);
}

}  // namespace
}  // namespace belfry::gateway::sip
