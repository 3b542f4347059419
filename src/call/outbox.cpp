#include "call/outbox.hpp"

#include <array>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, 5> first_delays = {1s, 5s, 30s, 120s, 600s};
constexpr std::chrono::seconds later_delay = 1h;
constexpr std::chrono::seconds give_up_after = 24h;
constexpr int breaker_failures = 20;
constexpr base::Duration breaker_pause = 60s;
constexpr std::size_t scan_size = 64;
constexpr std::size_t max_in_flight = 50;
constexpr std::size_t max_origins = 1024;

std::string origin_of(const std::string& url) {
  const auto scheme_end = url.find("://");
  const auto host = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  return url.substr(0, url.find_first_of("/?#", host));
}

/// A URL with `#rc=` says itself how often; the web client then does the retries.
bool asks_for_own_retries(const std::string& url) {
  const auto fragment = url.find('#');
  if (fragment == std::string::npos) return false;
  const auto pairs = base::split(std::string_view(url).substr(fragment + 1), '&');
  return std::ranges::any_of(pairs, [](std::string_view pair) { return pair.starts_with("rc="); });
}

base::metrics::Counter& counted(std::string_view result) {
  return base::metrics::counter(
      "belfry_webhook_deliveries_total", "Deliveries by result", {{"result", std::string(result)}}
  );
}

}  // namespace

Outbox::Outbox(base::Loop& loop, Journal& journal, WebClient& web)
    : loop_(loop), journal_(journal), web_(web), tasks_(loop) {}

Outbox::~Outbox() {
  loop_.cancel(timer_);
}

void Outbox::wake() {
  if (scanning_) {
    scan_again_ = true;
    return;
  }
  scanning_ = true;
  tasks_.spawn(scan());
}

base::Task<void> Outbox::scan() {
  do {
    scan_again_ = false;
    auto due = co_await journal_.due_deliveries(loop_.wall_now(), scan_size);
    if (!due) break;
    for (Delivery& delivery : *due) {
      if (in_flight_.size() >= max_in_flight) break;
      if (in_flight_.contains(delivery.order_key) || !may_send(delivery)) continue;
      in_flight_.insert(delivery.order_key);
      tasks_.spawn(deliver(std::move(delivery)));
    }
    const auto next = co_await journal_.next_delivery();
    if (next && *next) schedule_next(**next);
  } while (scan_again_);
  scanning_ = false;
}

void Outbox::schedule_next(base::WallTime due) {
  loop_.cancel(timer_);
  // What is due and could not go (same key in flight, breaker) is looked at again when a delivery
  // settles, and by this clock.
  const base::Duration wait = std::max<base::Duration>(due - loop_.wall_now(), 1s);
  timer_ = loop_.call_after(wait, [this] { wake(); });
}

bool Outbox::may_send(const Delivery& delivery) {
  const auto found = breakers_.find(origin_of(delivery.url));
  return found == breakers_.end() || found->second.closed_until <= loop_.now();
}

base::Task<void> Outbox::deliver(Delivery delivery) {
  WebRequest request;
  request.method = delivery.method;
  request.url = delivery.url;
  request.content_type = delivery.content_type;
  request.body = delivery.body;
  request.signature = delivery.signature;
  request.account_sid = delivery.account_sid;
  request.idempotency_id = delivery.id;
  request.own_application = delivery.own_application;
  auto response = co_await web_.send(std::move(request));

  ++delivery.attempts;
  const bool success = response && response->status >= 200 && response->status < 300;
  if (!success && on_failure_) on_failure_(delivery, response);
  settle(
      delivery, success,
      response ? "HTTP " + std::to_string(response->status) : response.error().message
  );
  const std::string key = delivery.order_key;
  Changes changes;
  changes.deliveries.push_back(std::move(delivery));
  co_await journal_.commit(std::move(changes));
  in_flight_.erase(key);
  wake();
}

void Outbox::settle(Delivery& delivery, bool success, std::string error) {
  if (breakers_.size() >= max_origins) breakers_.clear();
  Breaker& breaker = breakers_[origin_of(delivery.url)];
  if (success) {
    breaker = {};
    delivery.state = Delivery::State::delivered;
    delivery.last_error.clear();
    counted("delivered").add();
    return;
  }
  delivery.last_error = std::move(error);
  counted("failed").add();
  base::log::warning(
      "webhook.failed", {{"call", delivery.order_key},
                         {"kind", delivery.kind},
                         {"attempt", delivery.attempts},
                         {"error", delivery.last_error}}
  );
  if (++breaker.failures >= breaker_failures) {
    breaker.closed_until = loop_.now() + breaker_pause;
    breaker.failures = 0;
  }
  const base::WallTime now = loop_.wall_now();
  const auto tries = static_cast<std::size_t>(delivery.attempts);
  const auto delay = tries <= first_delays.size() ? first_delays.at(tries - 1) : later_delay;
  delivery.next_attempt = now + delay;
  if (asks_for_own_retries(delivery.url) ||
      delivery.next_attempt > delivery.created + give_up_after) {
    delivery.state = Delivery::State::given_up;
  }
}

}  // namespace belfry::call
