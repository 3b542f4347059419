#include "server/simulation/message_scene.hpp"

/// Text messages through a whole server: out, their life, and what a restart leaves of it.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct Messages : MessageScene {
  std::vector<std::string> statuses_told() {
    std::vector<std::string> told;
    for (std::size_t i = 0; i < asked().size(); ++i) told.push_back(parameter(i, "MessageStatus"));
    return told;
  }
};

TEST_F(Messages, ReachTheirPhone) {
  start();
  const Answer sent = send("Hello");
  EXPECT_EQ(sent.status, 201);
  EXPECT_EQ(sent.text("status"), "queued");
  EXPECT_EQ(sent.text("direction"), "outbound-api");
  EXPECT_EQ(sent.text("num_segments"), "1");
  simulation->run_for(2s);
  EXPECT_EQ(got(), Lines{"Hello"});
  EXPECT_EQ(message(sent.sid()).text("status"), "delivered");
  EXPECT_NE(message(sent.sid()).text("date_sent"), "null");
}

TEST_F(Messages, TellEachStepInOrderR7) {
  start();
  open_shop();
  const Answer sent = send("Hello", {{"StatusCallback", "http://shop.test/status"}});
  simulation->run_for(2s);
  EXPECT_EQ(statuses_told(), (Lines{"queued", "sent", "delivered"}));
  for (const char* name : {"MessageSid", "SmsSid"}) EXPECT_EQ(parameter(2, name), sent.sid());
  EXPECT_EQ(parameter(2, "SmsStatus"), "delivered");
  EXPECT_EQ(parameter(2, "From"), ours);
  EXPECT_EQ(parameter(2, "To"), phone);
  EXPECT_EQ(parameter(2, "AccountSid"), account());
  EXPECT_EQ(parameter(2, "ApiVersion"), "2010-04-01");
  EXPECT_EQ(parameter(2, "RawDlrDoneDate").size(), 10U);
  EXPECT_EQ(parameter(2, "ErrorCode"), "(absent)");
}

TEST_F(Messages, LeaveAtTheirSendersRateF2) {
  start();
  for (const char* body : {"1", "2", "3", "4"}) send(body);
  simulation->run_for(1500ms);
  EXPECT_EQ(got(), (Lines{"1", "2"}));
  simulation->run_for(3s);
  EXPECT_EQ(got(), (Lines{"1", "2", "3", "4"}));
}

TEST_F(Messages, OfOneSenderDoNotHoldAnothersUp) {
  start();
  for (int i = 0; i < 20; ++i) send("slow");
  api("POST", "/Messages.json", {{"From", "+15550002222"}, {"To", phone}, {"Body", "fast"}});
  simulation->run_for(900ms);
  EXPECT_THAT(got(), testing::Contains("fast"));
}

TEST_F(Messages, ThatCannotBeDeliveredSaySo) {
  start();
  open_shop();
  simulation->phones().phone(phone).set_behaviour(behaviour(R"({"on_call":"unreachable"})"));
  const Answer sent = send("Hello", {{"StatusCallback", "http://shop.test/status"}});
  simulation->run_for(2s);
  EXPECT_EQ(message(sent.sid()).text("status"), "undelivered");
  EXPECT_EQ(message(sent.sid()).text("error_code"), "30003");
  EXPECT_EQ(parameter(2, "ErrorCode"), "30003");
  EXPECT_TRUE(got().empty());
}

TEST_F(Messages, ThatAreTooLateAreNotSent) {
  start();
  for (int i = 0; i < 5; ++i) send("before");
  const Answer late = send("late", {{"ValidityPeriod", "2"}});
  simulation->run_for(10s);
  EXPECT_EQ(message(late.sid()).text("error_code"), "30036");
  EXPECT_EQ(got(), Lines(5, "before"));
}

struct BadMessage {
  std::string name;
  MessageScene::Form form;
  std::string code;
};
struct BadMessages : MessageScene, testing::WithParamInterface<BadMessage> {};

TEST_P(BadMessages, AreRefusedWithTheirCode) {
  start();
  const Answer refused = api("POST", "/Messages.json", GetParam().form);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), GetParam().code);
  EXPECT_TRUE(listed().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Codes, BadMessages,
    testing::Values(
        BadMessage{"NoBody", {{"From", "+15550001111"}, {"To", "+14155550001"}}, "21602"},
        BadMessage{"NoSender", {{"To", "+14155550001"}, {"Body", "x"}}, "21603"},
        BadMessage{"NoReceiver", {{"From", "+15550001111"}, {"Body", "x"}}, "21604"},
        BadMessage{
            "ReceiverIsNoNumber", {{"From", "+15550001111"}, {"To", "bob"}, {"Body", "x"}}, "21211"
        },
        BadMessage{
            "SenderIsNoNumber", {{"From", "+1-+2"}, {"To", "+14155550001"}, {"Body", "x"}}, "21212"
        },
        BadMessage{
            "ToItself", {{"From", "+15550001111"}, {"To", "+15550001111"}, {"Body", "x"}}, "21266"
        },
        BadMessage{
            "TooLong",
            {{"From", "+15550001111"}, {"To", "+14155550001"}, {"Body", std::string(1601, 'a')}},
            "21617"
        },
        BadMessage{
            "BadMediaUrl",
            {{"From", "+15550001111"}, {"To", "+14155550001"}, {"MediaUrl", "file:///etc/passwd"}},
            "21620"
        },
        BadMessage{
            "BadValidity",
            {{"From", "+15550001111"},
             {"To", "+14155550001"},
             {"Body", "x"},
             {"ValidityPeriod", "0"}},
            "21624"
        },
        BadMessage{
            "UnknownService",
            {{"MessagingServiceSid", "MG00000000000000000000000000000000"},
             {"To", "+14155550001"},
             {"Body", "x"}},
            "21701"
        },
        BadMessage{
            "BadCallback",
            {{"From", "+15550001111"},
             {"To", "+14155550001"},
             {"Body", "x"},
             {"StatusCallback", "ftp://x"}},
            "21609"
        },
        BadMessage{
            "ScheduledWithoutService",
            {{"From", "+15550001111"},
             {"To", "+14155550001"},
             {"Body", "x"},
             {"ScheduleType", "fixed"},
             {"SendAt", "2026-01-01T01:00:00Z"}},
            "35118"
        }
    ),
    [](const auto& instance) { return instance.param.name; }
);

TEST_F(Messages, OfTooManyMediaAreRefused) {
  start();
  Form media;
  for (int i = 0; i < 11; ++i) media.emplace_back("MediaUrl", "http://shop.test/cat.png");
  EXPECT_EQ(send("x", media).code(), "21623");
}

TEST_F(Messages, AreFoundByReceiverAndSenderAndDay) {
  start();
  send("one");
  api("POST", "/Messages.json", {{"From", ours}, {"To", "+14155550002"}, {"Body", "two"}});
  const auto count = [&](const std::string& query) {
    return api("GET", "/Messages.json?" + query).body.at("messages").as_array().size();
  };
  EXPECT_EQ(count("To=%2B14155550002"), 1U);
  EXPECT_EQ(count("From=%2B15550001111"), 2U);
  EXPECT_EQ(count("From=%2B15550009999"), 0U);
  EXPECT_EQ(count("DateSent=2026-01-01"), 2U);
  EXPECT_EQ(count("DateSent%3E=2026-01-02"), 0U);
}

TEST_F(Messages, AreRedactedAndDeletedOnceSent) {
  start();
  send("first");
  const Answer sent = send("secret");  // waits for its turn
  const std::string path = "/Messages/" + sent.sid() + ".json";
  EXPECT_EQ(api("DELETE", path).code(), "20009");
  EXPECT_EQ(api("POST", path, {{"Body", ""}}).code(), "20009");
  simulation->run_for(2s);
  EXPECT_EQ(api("POST", path, {{"Body", "other"}}).status, 400);
  EXPECT_EQ(api("POST", path, {{"Body", ""}}).text("body"), "");
  EXPECT_EQ(message(sent.sid()).text("body"), "");
  EXPECT_EQ(api("DELETE", path).status, 204);
  EXPECT_EQ(message(sent.sid()).code(), "20404");
  EXPECT_EQ(api("DELETE", path).status, 404);
}

TEST_F(Messages, OfAnotherAccountAreNotThereH6) {
  start();
  const Answer sent = send("mine");
  const auto made = simulation->wait(
      simulation->system().messaging().messages().find("AC" + std::string(32, '0'), sent.sid())
  );
  EXPECT_EQ(made.error().code, base::Errc::not_found);
}

// --- Restarts ---

/// Counts each message over all processes: phones forget when the server ends.
struct MessagesOverACrash : MessageScene, testing::WithParamInterface<int> {
  void note_arrivals() {
    for (const sim::Message& each : simulation->phones().messages())
      if (!each.message_sid.empty()) ++arrivals[each.message_sid];
  }
  std::map<std::string, int> arrivals;
};

TEST_P(MessagesOverACrash, ArriveOnceR1) {
  start();
  open_shop();
  std::set<std::string> promised;
  for (int i = 0; i < 4; ++i)
    promised.insert(send("m", {{"StatusCallback", "http://shop.test/status"}}).sid());
  simulation->run_for(std::chrono::milliseconds(GetParam()));
  note_arrivals();
  simulation->crash_and_restart(30s);
  open_shop();
  simulation->run_for(1min);
  note_arrivals();
  EXPECT_EQ(arrivals.size(), 4U);
  for (const auto& [sid, count] : arrivals) EXPECT_EQ(count, 1) << sid;
  std::map<std::string, Lines> told;
  for (std::size_t i = 0; i < asked().size(); ++i) {
    Lines& of_one = told[parameter(i, "MessageSid")];
    const std::string status = parameter(i, "MessageStatus");
    // At least once each (rule R7): a repeated one is the same request again.
    if (of_one.empty() || of_one.back() != status) of_one.push_back(status);
  }
  for (const std::string& sid : promised)
    EXPECT_EQ(told[sid], (Lines{"queued", "sent", "delivered"})) << sid;
}

INSTANTIATE_TEST_SUITE_P(
    Moments, MessagesOverACrash,
    testing::Values(
        0, 1, 3, 5, 100, 149, 150, 151, 152, 155, 999, 1000, 1001, 1002, 1149, 1150, 1151, 2500
    )
);

TEST_F(Messages, ScheduledOnesWaitAlsoOverARestart) {
  start();
  call::SendMessage later;
  later.account_sid = account();
  later.messaging_service_sid = "MG" + std::string(32, 'a');
  later.senders = {ours};
  later.to = phone;
  later.body = "later";
  later.send_at = simulation->clock().wall_now() + 10min;
  const auto made = simulation->wait(simulation->system().messaging().messages().send(later));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(message(made->sid).text("status"), "scheduled");
  later.body = "never";
  const auto canceled = simulation->wait(simulation->system().messaging().messages().send(later));
  EXPECT_EQ(
      api("POST", "/Messages/" + canceled->sid + ".json", {{"Status", "canceled"}}).text("status"),
      "canceled"
  );
  simulation->run_for(5min);
  EXPECT_TRUE(got().empty());
  simulation->crash_and_restart(1min);
  simulation->run_for(5min);
  EXPECT_EQ(got(), Lines{"later"});
  EXPECT_EQ(
      api("POST", "/Messages/" + made->sid + ".json", {{"Status", "canceled"}}).code(), "30409"
  );
}

// --- Media ---

TEST_F(Messages, BringTheirPicture) {
  start();
  documents["/cat.png"] = {.content_type = "image/png", .body = "PNG of a cat"};
  open_shop();
  const Answer sent = send("Look", {{"MediaUrl", "http://shop.test/cat.png"}});
  EXPECT_TRUE(sent.sid().starts_with("MM"));
  EXPECT_EQ(sent.text("num_media"), "1");
  simulation->run_for(2s);
  const base::json::object shown = simulation->phones().phone(phone).to_json();
  const auto& media = shown.at("messages").as_array().back().at("media").as_array();
  ASSERT_EQ(media.size(), 1U);
  EXPECT_EQ(media[0].at("content_type").as_string(), "image/png");
  const http::Response file =
      simulation->request("GET", std::string(media[0].at("url").as_string()));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, "PNG of a cat");
  EXPECT_EQ(file.headers.get("Content-Type"), "image/png");
  const Answer list = api("GET", "/Messages/" + sent.sid() + "/Media.json");
  ASSERT_EQ(list.body.at("media_list").as_array().size(), 1U);
  const std::string medium(list.body.at("media_list").as_array()[0].at("sid").as_string());
  EXPECT_EQ(
      api("GET", "/Messages/" + sent.sid() + "/Media/" + medium + ".json").text("parent_sid"),
      sent.sid()
  );
  EXPECT_EQ(api("DELETE", "/Messages/" + sent.sid() + "/Media/" + medium + ".json").status, 204);
  EXPECT_EQ(simulation->request("GET", std::string(media[0].at("url").as_string())).status, 404);
}

TEST_F(Messages, WhosePictureCannotBeHadFail) {
  start();
  documents["/gone"] = {.status = 404};
  documents["/program"] = {.content_type = "application/x-msdownload", .body = "MZ"};
  documents["/huge"] = {.content_type = "image/png", .endless_to = 6u << 20};
  open_shop();
  const std::pair<std::string, std::string> cases[] = {
      {"/gone", "11200"}, {"/program", "12300"}, {"/huge", "11751"}
  };
  for (const auto& [path, code] : cases) {
    const Answer sent = send("x", {{"MediaUrl", "http://shop.test" + path}});
    simulation->run_for(3s);
    EXPECT_EQ(message(sent.sid()).text("status"), "failed") << path;
    EXPECT_EQ(message(sent.sid()).text("error_code"), code) << path;
  }
  EXPECT_TRUE(got().empty());
}

}  // namespace
}  // namespace belfry::server::simulation
