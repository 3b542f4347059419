#include "store/store.hpp"
#include "store/testing.hpp"

namespace belfry::store {
namespace {

using base::from_unix_micros;
using testing::Fixture;

struct BindingTable : testing::OnEveryDriver {};
INSTANTIATE_ON_EVERY_DRIVER(BindingTable);

TEST_P(BindingTable, SurvivesARestart) {
  const Binding desk{
      .user = "desk1",
      .contact_uri = "sip:desk1@10.0.0.7:5062",
      .source_ip = "10.0.0.7",
      .source_port = 65'535,
      .transport = "udp",
      .local_socket = "udp:127.0.0.1:5060",
      .expires_at = from_unix_micros(1'700'000'000'000'000),
      .call_id = "c@x",
      .cseq = 4'294'967'295U,
      .path = "<sip:edge;lr>"
  };
  Binding second = desk;
  second.contact_uri = "sip:desk1@10.0.0.8";
  Binding other = desk;
  other.user = "desk2";
  {
    Fixture fixture(home.settings());
    fixture.get(fixture.store->replace_bindings("desk1", {desk, second}));
    fixture.get(fixture.store->replace_bindings("desk2", {other}));
    fixture.get(fixture.store->replace_bindings("desk1", {desk}));
  }
  Fixture fixture(home.settings());
  EXPECT_EQ(fixture.get(fixture.store->all_bindings()), (std::vector{desk, other}));
  fixture.get(fixture.store->replace_bindings("desk1", {}));
  EXPECT_EQ(fixture.get(fixture.store->all_bindings()), (std::vector{other}));
}

}  // namespace
}  // namespace belfry::store
