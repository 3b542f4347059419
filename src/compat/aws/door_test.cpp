#include "compat/aws/door.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/wait.hpp"
#include "compat/aws/cbor.hpp"
#include "http/gzip.hpp"

namespace belfry::compat::aws {
namespace {

using namespace std::chrono_literals;

const identity::sigv4::Credentials credentials{"AKIDEXAMPLE", "secret"};

base::Task<Answer> echo(Call call) {
  call.members.erase("Action");
  co_return Answer(base::json::object{
      {"Members", std::move(call.members)},
      {"Account", call.account_sid},
      {"At", timestamp(base::from_unix_micros(1'000'000))},
  });
}

base::Task<Answer> refuse(Call) {
  co_return std::unexpected(Failure{400, "InvalidParameterValue", "not so"});
}

struct Scene {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{1};
  http::Router router{loop};
  Door door{loop, random, [](const std::string& id) -> std::optional<Door::Keyholder> {
              if (id != credentials.access_key_id) return std::nullopt;
              return Door::Keyholder{credentials.secret_access_key, "AC1"};
            }};

  Scene() {
    ServiceName name{"monitoring"};
    name.target = "Granite";
    name.xml_namespace = "http://metrics/";
    door.add(std::move(name));
    door.operation("monitoring", "Echo", echo);
    door.operation("monitoring", "Refuse", refuse);
    door.add({.scope = "chime"});
    door.route("chime", "POST /things/{ThingId}", "UpdateThing", 201, echo);
    door.route("chime", "POST /things/{ThingId}?operation=drop", "DropThing", 204, echo);
    door.add_to(router);
  }

  http::Request request(std::string target, std::string body, http::Headers headers) const {
    http::Request made = http::Request::make("POST", std::move(target), std::move(body));
    made.headers = std::move(headers);
    made.headers.set("Host", "localhost:8080");
    return made;
  }
  void sign(http::Request& request, std::string_view service) {
    identity::sigv4::Request part{request.method, request.path, request.query, {}};
    for (const auto& [name, value] : request.headers) part.headers.emplace_back(name, value);
    identity::sigv4::sign(
        part, base::sha256_hex(request.body), credentials, "eu-west-1", service, clock.wall_now()
    );
    for (const auto& [name, value] : part.headers) request.headers.set(name, value);
  }
  http::Response send(http::Request request) {
    base::TaskGroup group(loop);
    std::optional<http::Response> answer;
    group.spawn(keep(router.dispatch(std::move(request)), answer));
    loop.run_ready();
    return std::move(*answer);
  }
  static base::Task<void> keep(
      base::Task<http::Response> task, std::optional<http::Response>& into
  ) {
    into.emplace(co_await std::move(task));
  }
  http::Response ask(
      std::string_view service, std::string target, std::string body, http::Headers headers
  ) {
    http::Request made = request(std::move(target), std::move(body), std::move(headers));
    sign(made, service);
    return send(std::move(made));
  }
  http::Response ask_query(std::string body) {
    return ask(
        "monitoring", "/", std::move(body),
        {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}
    );
  }
  http::Response ask_json(std::string operation, std::string body) {
    return ask(
        "monitoring", "/", std::move(body),
        {{"Content-Type", "application/x-amz-json-1.0"},
         {"X-Amz-Target", "Granite." + operation},
         {"x-amzn-query-mode", "true"}}
    );
  }
};

TEST(AwsDoor, AnswersTheSameOperationInEachProtocol) {
  Scene scene;
  const auto query = scene.ask_query("Action=Echo&A=1");
  EXPECT_EQ(query.status, 200);
  EXPECT_TRUE(query.body.starts_with(
      "<EchoResponse xmlns=\"http://metrics/\"><EchoResult><Members><A>1</A></Members>"
      "<Account>AC1</Account><At>1970-01-01T00:00:01.000Z</At></EchoResult><ResponseMetadata>"
  )) << query.body;
  EXPECT_TRUE(query.body.contains(*query.headers.get("x-amzn-RequestId")));

  const auto json = scene.ask_json("Echo", R"({"A":1})");
  EXPECT_EQ(json.headers.get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(json.body, R"({"Members":{"A":1},"Account":"AC1","At":1})");

  const auto cbor = scene.ask(
      "monitoring", "/service/Granite/operation/Echo", to_cbor(base::json::object{{"A", 1}}),
      {{"Content-Type", "application/cbor"}, {"smithy-protocol", "rpc-v2-cbor"}}
  );
  EXPECT_EQ(cbor.headers.get("smithy-protocol"), "rpc-v2-cbor");
  EXPECT_EQ(
      base::json::serialize(*parse_cbor(cbor.body)),
      R"({"Members":{"A":1},"Account":"AC1","At":1E0})"
  );

  const auto rest = scene.ask("chime", "/things/%2B1555?x-y=z", R"({"A":1})", {});
  EXPECT_EQ(rest.status, 201);
  EXPECT_EQ(
      rest.body,
      R"({"Members":{"A":1,"ThingId":"+1555","x-y":"z"},"Account":"AC1","At":"1970-01-01T00:00:01.000Z"})"
  );
  EXPECT_EQ(scene.ask("chime", "/things/1?operation=drop", "", {}).status, 204);
}

TEST(AwsDoor, WordsErrorsAsEachProtocolDoes) {
  Scene scene;
  const auto query = scene.ask_query("Action=Refuse");
  EXPECT_EQ(query.status, 400);
  EXPECT_TRUE(query.body.contains("<Type>Sender</Type><Code>InvalidParameterValue</Code>"));
  const auto json = scene.ask_json("Refuse", "{}");
  EXPECT_EQ(json.headers.get("x-amzn-query-error"), "InvalidParameterValue;Sender");
  EXPECT_EQ(json.body, R"({"__type":"InvalidParameterValueException","message":"not so"})");
  EXPECT_TRUE(scene.ask_query("Action=Other").body.contains("<Code>InvalidAction</Code>"));
  EXPECT_TRUE(scene.ask_json("Other", "{}").body.contains("UnknownOperationException"));
  EXPECT_EQ(scene.ask("chime", "/other", "", {}).status, 404);
  EXPECT_TRUE(scene.ask_json("Echo", "[1]").body.contains("SerializationException"));
}

// Rule T2.
TEST(AwsDoor, LetsNobodyInWhoHasNotSigned) {
  Scene scene;
  const http::Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
  auto unsigned_one = scene.send(scene.request("/", "Action=Echo", form));
  EXPECT_EQ(unsigned_one.status, 403);
  EXPECT_TRUE(unsigned_one.body.contains("<Code>MissingAuthenticationToken</Code>"));

  http::Request forged = scene.request("/", "Action=Echo", form);
  scene.sign(forged, "monitoring");
  forged.body = "Action=Refuse";
  const auto refused = scene.send(std::move(forged));
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(refused.body.contains("<Code>SignatureDoesNotMatch</Code>"));

  http::Request late = scene.request("/", "{}", {{"X-Amz-Target", "Granite.Echo"}});
  scene.sign(late, "monitoring");
  scene.clock.advance(16min);
  const auto expired = scene.send(std::move(late));
  EXPECT_EQ(expired.headers.get("x-amzn-errortype"), "InvalidSignatureException");
  EXPECT_TRUE(expired.body.contains("Signature expired: 20260101T")) << expired.body;

  http::Request elsewhere = scene.request("/", "{}", {{"X-Amz-Target", "Granite.Echo"}});
  scene.sign(elsewhere, "chime");
  EXPECT_EQ(scene.send(std::move(elsewhere)).status, 403);

  http::Request stranger = scene.request("/things/1", "", {});
  scene.sign(stranger, "chime");
  std::string authorization(*stranger.headers.get("authorization"));
  authorization.replace(authorization.find("AKIDEXAMPLE"), 11, "AKIDSTRANGE");
  stranger.headers.set("authorization", authorization);
  const auto unknown = scene.send(std::move(stranger));
  EXPECT_EQ(unknown.headers.get("x-amzn-errortype"), "UnrecognizedClientException");
}

TEST(AwsDoor, UnpacksWhatWasSignedPacked) {
  Scene scene;
  const auto answer = scene.ask(
      "monitoring", "/", http::gzip(R"({"A":1})", 6),
      {{"Content-Encoding", "gzip"}, {"X-Amz-Target", "Granite.Echo"}}
  );
  EXPECT_TRUE(answer.body.contains(R"("Members":{"A":1})")) << answer.body;
  const auto broken = scene.ask(
      "monitoring", "/", "no gzip", {{"Content-Encoding", "gzip"}, {"X-Amz-Target", "Granite.Echo"}}
  );
  EXPECT_EQ(broken.status, 400);
}

TEST(AwsDoor, LimitsTheRateOfAKey) {
  Scene scene;
  for (int i = 0; i < 200; ++i) ASSERT_EQ(scene.ask_query("Action=Echo").status, 200) << i;
  const auto refused = scene.ask_query("Action=Echo");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(refused.body.contains("<Code>Throttling</Code>"));
  scene.clock.advance(1s);
  EXPECT_EQ(scene.ask_query("Action=Echo").status, 200);
}

TEST(AwsDoor, LeavesOtherRequestsToTheirRoutes) {
  Scene scene;
  EXPECT_FALSE(Door::is_meant(http::Request::make("GET", "/things/1")));
  EXPECT_FALSE(Door::is_meant(http::Request::make("POST", "/2010-04-01/Accounts", "Action=Echo")));
  EXPECT_EQ(scene.send(http::Request::make("GET", "/things/1")).status, 404);
}

}  // namespace
}  // namespace belfry::compat::aws
