#include "webrtc_load/run.hpp"

#include <algorithm>
#include <cstdio>

namespace belfry::bench {
namespace {

using namespace std::chrono_literals;

double milliseconds(base::Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

Run::Run(
    net::Driver& driver, http::WebSocketClient& client, const webrtc::DtlsContext& context,
    base::Random& random, const std::vector<Page>& plan, const RunSettings& settings
)
    : driver_(driver),
      client_(client),
      plan_(plan),
      settings_(settings),
      legs_(
          context,
          [this](std::size_t number) {
            driver_.loop().post_from_any_thread([this, number] { on_connected(number); });
          }
      ),
      halts_(settings.watched_core),
      media_since_(plan.size()),
      sockets_(driver.loop()) {
  PhoneListener& listener = *this;
  const std::string fingerprint = context.fingerprint().to_string();
  for (const Page& page : plan_) {
    phones_.push_back(
        std::make_unique<Phone>(phones_.size(), page, driver_.loop(), random, fingerprint, listener)
    );
  }
}

Run::~Run() {
  legs_.stop();
}

bool Run::go() {
  open_sockets();
  if (!wait_for(ready_, plan_.size(), "ready")) return false;
  report("registered", {{"sockets", ready_}});
  pass(settings_.settle);
  const auto with_media = static_cast<std::size_t>(
      std::ranges::count_if(plan_, [](const Page& page) { return page.role != Role::idle; })
  );
  call_all();
  if (!wait_for(connected_, with_media, "connected")) return false;
  pass(settings_.settle);
  legs_.restart_counts();
  halts_.restart_counts();
  report("up", {{"legs", connected_}});
  pass(settings_.hold);
  legs_.stop();
  report("held", figures());
  hang_up();
  return failed_ == 0;
}

void Run::open_sockets() {
  for (std::size_t i = 0; i < phones_.size(); ++i) {
    const std::chrono::duration<double> delay(
        static_cast<double>(i) / settings_.sockets_per_second
    );
    driver_.loop().call_after(std::chrono::duration_cast<base::Duration>(delay), [this, i] {
      http::WebSocketRequest request;
      request.url = settings_.url;
      request.headers.add("Origin", "https://page.example");
      sockets_.spawn(phones_[i]->run(client_, std::move(request)));
    });
  }
}

void Run::call_all() {
  std::size_t calls = 0;
  for (const auto& phone : phones_) {
    if (phone->page().role != Role::call) continue;
    const std::chrono::duration<double> delay(
        static_cast<double>(calls++) / settings_.calls_per_second
    );
    driver_.loop().call_after(std::chrono::duration_cast<base::Duration>(delay), [&phone = *phone] {
      phone.call();
    });
  }
}

bool Run::wait_for(const std::size_t& count, std::size_t expected, std::string_view what) {
  const auto done = [&] { return count >= expected || failed_ > 0; };
  if (driver_.run_until(done, settings_.limit) && failed_ == 0) return true;
  std::fprintf(
      stderr, "%zu of %zu are %.*s\n", count, expected, static_cast<int>(what.size()), what.data()
  );
  return false;
}

void Run::pass(base::Duration time) {
  driver_.run_until([] { return false; }, time);
}

void Run::hang_up() {
  for (const auto& phone : phones_) phone->hang_up();
  // What is said last is on its way when the loop has turned.
  pass(500ms);
  sockets_.cancel();
  pass(100ms);
}

void Run::report(std::string_view event, base::json::object figures) {
  figures["event"] = event;
  std::puts(base::json::serialize(figures).c_str());
  std::fflush(stdout);
}

base::json::object Run::figures() const {
  const Legs::Totals totals = legs_.totals();
  return {
      {"legs", totals.legs},
      {"failed", failed_},
      {"sent", totals.sent},
      {"received", totals.arrivals.received},
      {"fewest_received", totals.fewest},
      {"lost", totals.arrivals.lost},
      {"late", totals.arrivals.late},
      {"worst_delay_ms", milliseconds(totals.arrivals.worst_delay)},
      {"not_authentic", totals.not_authentic},
      {"own_late_ms", totals.own_late_ticks},
      {"halts", halts_.count()},
      {"worst_halt_ms", milliseconds(halts_.worst())},
      {"answer_ms", answer_ms_},
      {"connect_ms", connect_ms_},
  };
}

void Run::on_ready(Phone& /*phone*/) {
  ++ready_;
}

void Run::on_answered(Phone& /*phone*/, std::optional<base::Duration> waited) {
  if (waited) answer_ms_.emplace_back(milliseconds(*waited));
}

void Run::on_media(Phone& phone, LegTerms terms) {
  media_since_[phone.number()] = driver_.loop().now();
  terms.voice = phone.page().voice;
  legs_.add(phone.number(), std::move(terms));
}

void Run::on_connected(std::size_t number) {
  ++connected_;
  connect_ms_.emplace_back(milliseconds(driver_.loop().now() - media_since_[number]));
}

void Run::on_failed(Phone& phone, std::string why) {
  ++failed_;
  std::fprintf(stderr, "page %zu: %s\n", phone.number(), why.c_str());
}

}  // namespace belfry::bench
