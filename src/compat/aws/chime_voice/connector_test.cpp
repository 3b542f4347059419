#include "compat/aws/chime_voice/connector.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::aws::chime_voice {
namespace {

base::json::object route(base::json::object changed) {
  base::json::object made{
      {"Host", "pbx.example"}, {"Port", 5070}, {"Protocol", "UDP"}, {"Priority", 1}, {"Weight", 5}
  };
  for (const auto& [name, value] : changed) made[name] = value;
  return {{"Routes", base::json::array{std::move(made)}}};
}

bool routes(const base::json::object& members) {
  return read_origination(Input(members)).has_value();
}

TEST(VoiceConnector, ReadsRoutesToThePbx) {
  EXPECT_TRUE(routes(route({})));
  EXPECT_FALSE(routes(route({{"Host", "a b"}})));
  EXPECT_FALSE(routes(route({{"Host", ""}})));
  EXPECT_FALSE(routes(route({{"Port", 0}})));
  EXPECT_FALSE(routes(route({{"Priority", 101}})));
  EXPECT_FALSE(routes(route({{"Weight", 0}})));
  EXPECT_FALSE(routes(route({{"Protocol", "TLS"}})));
}

bool terminates(const base::json::object& members) {
  return read_termination(Input(members)).has_value();
}

TEST(VoiceConnector, ReadsWhoseCallsItTakes) {
  EXPECT_TRUE(terminates({{"CallingRegions", base::json::array{"US"}}}));
  EXPECT_TRUE(terminates({{"CidrAllowedList", base::json::array{"192.0.2.0/27", "10.0.0.1/32"}}}));
  EXPECT_FALSE(terminates({{"CallingRegions", base::json::array{"Texas"}}}));
  EXPECT_FALSE(terminates({{"CidrAllowedList", base::json::array{"192.0.2.0/8"}}}));
  EXPECT_FALSE(terminates({{"CidrAllowedList", base::json::array{"192.0.2.0"}}}));
  EXPECT_FALSE(terminates({{"CpsLimit", 0}}));
  EXPECT_FALSE(terminates({{"DefaultPhoneNumber", "555"}}));
}

TEST(VoiceConnector, SurvivesItsDocument) {
  Connector connector{.id = "abc", .account_sid = "AC1", .region = "eu-west-1", .name = "Office"};
  const base::json::object members = route({});
  connector.origination = *read_origination(Input(members));
  connector.termination = Termination{.default_phone_number = "+15551234567"};
  const Connector again = Connector::from_document(connector.to_document());
  EXPECT_EQ(again.outbound_host_name(), "abc.voiceconnector.chime.aws");
  EXPECT_EQ(again.origination->routes.at(0).port, 5070);
  EXPECT_EQ(again.origination->routes.at(0).weight, 5);
  EXPECT_EQ(again.termination->default_phone_number, "+15551234567");
  EXPECT_EQ(
      base::json::serialize(again.to_document().value),
      base::json::serialize(connector.to_document().value)
  );
}

}  // namespace
}  // namespace belfry::compat::aws::chime_voice
