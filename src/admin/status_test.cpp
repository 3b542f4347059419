#include "admin/status.hpp"

#include "admin/process_metrics.hpp"
#include "admin/testing/house.hpp"

namespace belfry::admin {
namespace {

using testing::House;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct AdminStatus : House {
  AdminStatus() {
    ServerFacts facts;
    facts.version = "1.2.3";
    facts.started = clock.wall_now();
    facts.simulator = true;
    facts.listeners = [] { return std::vector<ServerFacts::Listener>{{"http", "127.0.0.1:8080"}}; };
    facts.trunks = [] { return std::vector<ServerFacts::Trunk>{{"panama", "up"}}; };
    facts.phones = [] { return std::size_t{2}; };
    facts.checks["disk"] = [this] { return disk; };
    facts.ready = [this] { return ready; };
    status.emplace(*switchboard, std::move(facts)).add_to(router);
  }

  ServerFacts::Check disk;
  bool ready = true;
  std::optional<Status> status;
};

TEST_F(AdminStatus, SaysWhatRuns) {
  pass(90s);
  EXPECT_EQ(
      base::json::serialize(get("/admin/api/status")),
      R"({"version":"1.2.3","started_at":"2026-01-01T00:00:00.000Z","uptime_s":90,)"
      R"("listeners":[{"kind":"http","address":"127.0.0.1:8080"}],"simulator":true,)"
      R"("account_sid":"AC00000000000000000000000000000001","calls":{"active":0,"total":0},)"
      R"("phones":2,"trunks":[{"name":"panama","state":"up"}],)"
      R"("checks":{"disk":{"status":"ok"}}})"
  );
}

TEST_F(AdminStatus, IsAliveWhateverFails) {
  disk = {false, "full"};
  ready = false;
  for (const char* path : {"/healthz", "/livez"}) {
    const http::Response response = ask("GET", path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  }
}

TEST_F(AdminStatus, IsReadyOnlyWhenOpenAndSound) {
  EXPECT_EQ(ask("GET", "/readyz").body, R"({"status":"ok","checks":{"disk":{"status":"ok"}}})");
  ready = false;
  http::Response response = ask("GET", "/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("the server is starting"));
  ready = true;
  disk = {false, "the disk is full"};
  response = ask("GET", "/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(
      response.body,
      R"({"status":"fail","checks":{"disk":{"status":"fail","detail":"the disk is full"}}})"
  );
  disk = {};
  switchboard->drain();
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
}

TEST_F(AdminStatus, GivesTheFiguresOfTheProcess) {
  const http::Response response = ask("GET", "/metrics");
  EXPECT_EQ(response.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("belfry_build_info{version=\"1.2.3\"} 1"));
  EXPECT_THAT(response.body, HasSubstr("# TYPE process_cpu_seconds_total counter\n"));
  const ProcessFigures figures = read_process_figures();
  EXPECT_GT(figures.resident_bytes, 1'000'000U);
  EXPECT_GT(figures.open_files, 0U);
  EXPECT_GT(figures.max_files, figures.open_files);
  EXPECT_GT(figures.start_unix_seconds, 1.6e9);
}

TEST(ProcessFigures, AreReadPastANameWithSpacesAndBrackets) {
  const ProcessFigures figures = parse_process_stat(
      "17 (a) b) S 1 17 17 0 -1 4194560 1000 0 0 0 250 50 0 0 20 0 9 0 12345 99000000 2500 1 1",
      1'700'000'000, 100, 4096
  );
  EXPECT_DOUBLE_EQ(figures.cpu_seconds, 3.0);
  EXPECT_DOUBLE_EQ(figures.start_unix_seconds, 1'700'000'123.45);
  EXPECT_EQ(figures.virtual_bytes, 99'000'000U);
  EXPECT_EQ(figures.resident_bytes, 2500U * 4096);
  EXPECT_EQ(parse_process_stat("", 0, 100, 4096).resident_bytes, 0U);
  EXPECT_THAT(render(figures), HasSubstr("process_start_time_seconds 1700000123.45\n"));
}

}  // namespace
}  // namespace belfry::admin
