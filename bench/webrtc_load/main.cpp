// Pages with the Voice SDK, without a browser: their sockets to `/signal`, their calls, and media
// as a browser's (ICE, DTLS, SRTP; a frame of Opus or G.711 every 20 ms), counted. For
// webrtc_legs.py.
//
//   bench_webrtc_load URL PLAN [--authority PEM] [--hold S] [--settle S] [--calls-per-second N]
//                     [--sockets-per-second N] [--watched-core N]
//
// PLAN has a page a line: `call|answer|idle opus|pcmu talks|quiet TOKEN`.
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/log.hpp"
#include "webrtc_load/run.hpp"

namespace {

using namespace belfry;

/// @return false for one that is not ours.
bool take_option(bench::RunSettings& settings, std::string_view name, const char* value) {
  const double number = std::atof(value);
  const auto seconds =
      std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(number));
  if (name == "--authority") {
    settings.authority = value;
  } else if (name == "--hold") {
    settings.hold = seconds;
  } else if (name == "--settle") {
    settings.settle = seconds;
  } else if (name == "--calls-per-second") {
    settings.calls_per_second = number;
  } else if (name == "--sockets-per-second") {
    settings.sockets_per_second = number;
  } else if (name == "--watched-core") {
    settings.watched_core = static_cast<int>(number);
  } else {
    return false;
  }
  return true;
}

/// A page has two of them.
void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int complain(const base::Error& error) {
  std::cerr << error.message << '\n';
  return 1;
}

int load(const std::vector<bench::Page>& plan, const bench::RunSettings& settings) {
  const base::SystemClock clock;
  base::Loop loop(clock);
  net::Driver driver(loop);
  base::SecureRandom random;
  const auto certificate = webrtc::Certificate::create(clock.wall_now());
  if (!certificate) return complain(certificate.error());
  const auto context = webrtc::DtlsContext::create(*certificate);
  if (!context) return complain(context.error());
  const auto policy = net::EgressPolicy::create({true, {}, {}});
  if (!policy) return complain(policy.error());
  http::WebSocketClientSettings sockets;
  sockets.sockets = plan.size();
  if (!settings.authority.empty()) sockets.extra_ca = settings.authority;
  auto client = http::make_websocket_client(driver, random, *policy, std::move(sockets));
  if (!client) return complain(client.error());
  bench::Run run(driver, **client, *context, random, plan, settings);
  return run.go() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3 || count % 2 == 0) {
    std::cerr << "bench_webrtc_load URL PLAN [--option value ...]\n";
    return 2;
  }
  bench::RunSettings settings;
  settings.url = arguments[1];
  for (int i = 3; i < count; i += 2) {
    if (take_option(settings, arguments[i], arguments[i + 1])) continue;
    std::cerr << "unknown option " << arguments[i] << '\n';
    return 2;
  }
  std::ostringstream text;
  text << std::ifstream(arguments[2]).rdbuf();
  const auto plan = bench::parse_plan(text.str());
  if (!plan) return complain(plan.error());
  base::log::configure(base::log::Level::warning, base::log::Format::text);
  allow_many_files();
  return load(*plan, settings);
}
