#include "net/resolver.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "net/udp_socket.hpp"

namespace belfry::net {
namespace {

using namespace std::chrono_literals;
using base::Result;
using base::Task;

/// A DNS server that knows one zone (RFC 1035 wire format, no compression).
class Zone {
 public:
  explicit Zone(Driver& driver) {
    auto bound = UdpSocket::bind(
        driver, *Address::parse("127.0.0.1:0"),
        [this](const Address& from, std::span<const std::byte> query) { answer(from, query); }
    );
    socket_.emplace(std::move(*bound));
  }
  void add(const std::string& name, std::uint16_t type, std::vector<std::byte> value) {
    records_[{name, type}].push_back(std::move(value));
  }
  void add_a(const std::string& name, std::string_view ip) {
    const auto address = *IpAddress::parse(ip);
    const auto bytes = std::as_bytes(address.bytes());
    add(name, address.is_v6() ? 28 : 1, {bytes.begin(), bytes.end()});
  }
  void add_srv(
      const std::string& name, std::uint16_t priority, std::uint16_t weight, std::uint16_t port,
      std::string_view host
  ) {
    std::array<std::byte, 300> space{};
    base::ByteWriter writer(space);
    writer.u16(priority);
    writer.u16(weight);
    writer.u16(port);
    for (const std::string_view label : base::split(host, '.')) {
      writer.u8(static_cast<std::uint8_t>(label.size()));
      writer.bytes(std::as_bytes(std::span(label)));
    }
    writer.u8(0);
    add(name, 33, {writer.written().begin(), writer.written().end()});
  }
  Address address() const { return socket_->local(); }
  int queries = 0;

 private:
  void answer(const Address& from, std::span<const std::byte> query) {
    ++queries;
    base::ByteReader reader(query);
    const auto id = reader.u16();
    reader.take(10);
    std::string name;
    for (auto size = reader.u8(); size > 0 && reader.ok(); size = reader.u8()) {
      const auto label = reader.take(size);
      name += name.empty() ? "" : ".";
      name.append(reinterpret_cast<const char*>(label.data()), label.size());
    }
    const auto type = reader.u16();
    reader.u16();
    const auto question = query.subspan(12, query.size() - 12 - reader.left());
    const auto found = records_.find({name, type});
    const bool known = found != records_.end();
    std::array<std::byte, 1024> space{};
    base::ByteWriter writer(space);
    writer.u16(id);
    writer.u16(known ? 0x8180 : 0x8183);
    writer.u16(1);
    writer.u16(known ? static_cast<std::uint16_t>(found->second.size()) : 0);
    writer.u32(0);
    writer.bytes(question);
    for (std::size_t i = 0; known && i < found->second.size(); ++i) {
      writer.u16(0xC00C);  // the name of the question
      writer.u16(type);
      writer.u16(1);
      writer.u32(60);
      writer.u16(static_cast<std::uint16_t>(found->second[i].size()));
      writer.bytes(found->second[i]);
    }
    static_cast<void>(socket_->send(from, writer.written()));
  }

  std::optional<UdpSocket> socket_;
  std::map<std::pair<std::string, std::uint16_t>, std::vector<std::vector<std::byte>>> records_;
};

struct ResolverTest : testing::Test {
  base::SystemClock clock;
  base::Loop loop{clock};
  Driver driver{loop};
  base::SeededRandom random{7};
  Zone zone{driver};
  Resolver resolver{driver, random, {.servers = {zone.address()}, .timeout = 500ms, .tries = 1}};
  base::TaskGroup tasks{loop};

  template <class T>
  T wait(Task<T> task) {
    std::optional<T> value;
    const auto store = [](Task<T> from, std::optional<T>& into) -> Task<void> {
      into = co_await std::move(from);
    };
    tasks.spawn(store(std::move(task), value));
    EXPECT_TRUE(driver.run_until([&] { return value.has_value(); }, 10s));
    return std::move(*value);
  }
  std::string targets(
      std::string host, std::optional<std::uint16_t> port = {},
      std::optional<SipTransport> transport = {}
  ) {
    const auto found = wait(resolver.sip_targets(std::move(host), port, transport));
    if (!found) return "error";
    std::string text;
    for (const SipTarget& target : *found) {
      text += target.transport == SipTransport::udp ? "u" : "t";
      text += target.address.to_string() + " ";
    }
    return text;
  }
};

TEST_F(ResolverTest, NumericHostsAndLocalhostNeedNoServer) {
  EXPECT_EQ(targets("192.0.2.9"), "u192.0.2.9:5060 ");
  EXPECT_EQ(targets("[2001:db8::9]", 5070), "u[2001:db8::9]:5070 ");
  EXPECT_EQ(targets("localhost", {}, SipTransport::tls), "t127.0.0.1:5061 t[::1]:5061 ");
  EXPECT_EQ(zone.queries, 0);
}

TEST_F(ResolverTest, AskForAddressesIpv4First) {
  zone.add_a("pbx.test", "2001:db8::5");
  zone.add_a("pbx.test", "192.0.2.5");
  const auto found = wait(resolver.addresses("pbx.test"));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].to_string(), "192.0.2.5");
  EXPECT_EQ(wait(resolver.addresses("no.test")).error().code, base::Errc::not_found);
}

TEST_F(ResolverTest, SipTargetsComeFromServiceRecordsByPriority) {
  zone.add_srv("_sip._udp.carrier.test", 20, 0, 5070, "backup.test");
  zone.add_srv("_sip._udp.carrier.test", 10, 0, 5060, "main.test");
  zone.add_a("main.test", "192.0.2.1");
  zone.add_a("backup.test", "192.0.2.2");
  EXPECT_EQ(targets("carrier.test"), "u192.0.2.1:5060 u192.0.2.2:5070 ");
}

TEST_F(ResolverTest, WithoutUdpServiceTcpIsTriedThenThePlainAddress) {
  zone.add_srv("_sip._tcp.tcp.test", 1, 1, 5065, "main.test");
  zone.add_a("main.test", "192.0.2.1");
  EXPECT_EQ(targets("tcp.test"), "t192.0.2.1:5065 ");
  EXPECT_EQ(targets("main.test"), "u192.0.2.1:5060 ");
  EXPECT_EQ(targets("main.test", 5090), "u192.0.2.1:5090 ");
  EXPECT_EQ(targets("nobody.test"), "error");
}

TEST_F(ResolverTest, ADestroyedQuestionIsForgotten) {
  zone.add_a("main.test", "192.0.2.1");
  {
    base::TaskGroup brief(loop);
    const auto ask = [](Resolver& of) -> Task<void> {
      auto asking = of.addresses("main.test");
      const auto found = co_await std::move(asking);
      ADD_FAILURE() << found.has_value();
    };
    brief.spawn(ask(resolver));
    loop.run_ready();
  }
  EXPECT_EQ(targets("main.test", 1), "u192.0.2.1:1 ");
}

TEST(OrderByWeight, IsFairWithinAPriority) {
  base::SeededRandom random(1);
  int heavy_first = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto ordered =
        order_by_weight({{"light", 1, 5, 10}, {"heavy", 1, 5, 90}, {"spare", 1, 9, 100}}, random);
    EXPECT_EQ(ordered[2].host, "spare");
    heavy_first += ordered[0].host == "heavy";
  }
  EXPECT_NEAR(heavy_first, 900, 40);
}

}  // namespace
}  // namespace belfry::net
