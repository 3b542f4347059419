#include "call/form_delivery.hpp"

#include <gtest/gtest.h>

namespace belfry::call {
namespace {

Delivery delivery_to(std::string url, std::string method) {
  base::SeededRandom random(1);
  const CallbackAddress to{std::move(url), std::move(method), {"join"}, false};
  return make_form_delivery("AC1", to, "kind", "key", {{"A b", "1&2"}, {"C", ""}}, random, {});
}

TEST(FormDelivery, IsABodyWhenItIsPosted) {
  const Delivery delivery = delivery_to("http://app.test/x?y=1#rc=2", "POST");
  EXPECT_EQ(delivery.account_sid, "AC1");
  EXPECT_EQ(delivery.body, "A%20b=1%262&C=");
  EXPECT_EQ(delivery.url, "http://app.test/x?y=1#rc=2");
  EXPECT_EQ(delivery.content_type, "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(delivery.order_key, "key");
  EXPECT_FALSE(delivery.id.empty());
}

TEST(FormDelivery, JoinsTheQueryOfAGetBeforeTheFragment) {
  EXPECT_EQ(delivery_to("http://app.test/x", "GET").url, "http://app.test/x?A%20b=1%262&C=");
  EXPECT_EQ(
      delivery_to("http://app.test/x?y=1#rc=2", "GET").url,
      "http://app.test/x?y=1&A%20b=1%262&C=#rc=2"
  );
  EXPECT_EQ(delivery_to("http://app.test/x?", "GET").url, "http://app.test/x?A%20b=1%262&C=");
  EXPECT_EQ(delivery_to("http://app.test/x", "GET").body, "");
}

TEST(CallbackAddress, WantsItsEventsAndNoneWithoutAUrl) {
  CallbackAddress address{"http://app.test", "POST", {"join", "leave"}, true};
  EXPECT_TRUE(address.wants("leave"));
  EXPECT_FALSE(address.wants("mute"));
  const CallbackAddress again = CallbackAddress::from_json(address.to_json());
  EXPECT_EQ(again.events, address.events);
  EXPECT_EQ(again.url, address.url);
  EXPECT_TRUE(again.own_application);
  address.url.clear();
  EXPECT_FALSE(address.wants("leave"));
}

}  // namespace
}  // namespace belfry::call
