#include "admin/status.hpp"

#include "admin/problem.hpp"
#include "admin/process_metrics.hpp"
#include "base/metrics.hpp"

namespace belfry::admin {
namespace {

http::Response not_stored(http::Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

template <class T>
T ask(const std::function<T()>& question, T otherwise) {
  return question ? question() : std::move(otherwise);
}

}  // namespace

Status::Status(call::Switchboard& switchboard, ServerFacts facts)
    : switchboard_(switchboard), facts_(std::move(facts)) {
  base::metrics::gauge(
      "belfry_build_info", "Always 1; the labels say what runs", {{"version", facts_.version}}
  ).set(1);
}

void Status::add_to(http::Router& router) {
  router.add("GET /admin/api/status", [this](http::Request request) {
    return show(std::move(request));
  });
  const auto alive = http::immediate([](const http::Request&) {
    return not_stored(http::json(200, base::json::object{{"status", "ok"}}));
  });
  router.add("GET /healthz", alive);
  router.add("GET /livez", alive);
  router.add("GET /readyz", http::immediate([this](const http::Request&) { return readiness(); }));
  router.add("GET /metrics", http::immediate([](const http::Request&) { return metrics(); }));
}

base::json::object Status::run_checks(bool& all_ok) const {
  base::json::object results;
  for (const auto& [name, check] : facts_.checks) {
    const ServerFacts::Check result = check();
    base::json::object entry{{"status", result.ok ? "ok" : "fail"}};
    if (!result.detail.empty()) entry["detail"] = result.detail;
    results[name] = std::move(entry);
    all_ok = all_ok && result.ok;
  }
  return results;
}

base::Task<http::Response> Status::show(http::Request request) {
  const call::Services& services = switchboard_.services();
  const auto total = co_await services.journal.count_legs();
  if (!total) co_return failure(request, total.error());
  base::json::array listeners;
  for (const auto& listener : ask(facts_.listeners, {}))
    listeners.push_back({{"kind", listener.kind}, {"address", listener.address}});
  base::json::array trunks;
  for (const auto& trunk : ask(facts_.trunks, {}))
    trunks.push_back({{"name", trunk.name}, {"state", trunk.state}});
  const auto uptime =
      std::chrono::floor<std::chrono::seconds>(services.loop.wall_now() - facts_.started);
  bool all_ok = true;
  base::json::object body{
      {"version", facts_.version},
      {"started_at", base::to_rfc3339(facts_.started)},
      {"uptime_s", std::max<std::int64_t>(uptime.count(), 0)},
      {"listeners", std::move(listeners)},
      {"simulator", facts_.simulator},
      {"account_sid", services.account_sid},
      {"calls", {{"active", switchboard_.live_legs()}, {"total", *total}}},
      {"phones", ask(facts_.phones, std::size_t{0})},
      {"trunks", std::move(trunks)},
      {"checks", run_checks(all_ok)},
  };
  co_return not_stored(http::json(200, body));
}

http::Response Status::readiness() const {
  bool ok = true;
  base::json::object checks = run_checks(ok);
  const bool open = ask(facts_.ready, true) && !switchboard_.draining();
  if (!open) {
    checks["open"] = base::json::object{
        {"status", "fail"},
        {"detail", switchboard_.draining() ? "the server is stopping" : "the server is starting"}
    };
  }
  ok = ok && open;
  const base::json::object body{{"status", ok ? "ok" : "fail"}, {"checks", std::move(checks)}};
  http::Response response = not_stored(http::json(ok ? 200 : 503, body));
  if (!ok) response.headers.set("Retry-After", "5");
  return response;
}

http::Response Status::metrics() {
  http::Response response =
      http::text(200, base::metrics::render() + render(read_process_figures()));
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return not_stored(std::move(response));
}

}  // namespace belfry::admin
