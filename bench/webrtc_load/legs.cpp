#include "webrtc_load/legs.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>

namespace belfry::bench {
namespace {

/// Frames that were missed are said at once, as a browser's encoder would, but not a second of
/// them.
constexpr std::uint64_t most_ticks_at_once = 100;

void watch(int epoll, int fd, std::uint64_t mark) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = mark;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Legs::Legs(const webrtc::DtlsContext& context, std::function<void(std::size_t)> on_connected)
    : context_(context),
      on_connected_(std::move(on_connected)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      thread_([this] { run(); }) {}

Legs::~Legs() {
  stop();
  close(epoll_);
}

void Legs::add(std::size_t number, LegTerms terms) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace_back(number, std::move(terms));
}

void Legs::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Legs::run() {
  const base::SystemClock clock;
  while (!stop_) {
    std::uint64_t ticks = timer_.wait();
    if (ticks > 1) slept_through_ += ticks - 1;
    const base::Instant now = clock.now();
    receive(now);
    for (ticks = std::min(ticks, most_ticks_at_once); ticks > 0; --ticks) tick(now);
    if (!restart_.exchange(false)) continue;
    for (const Entry& entry : entries_) entry.leg->restart_counts();
    slept_through_ = 0;
  }
  for (const Entry& entry : entries_) entry.leg->close();
}

/// Nobody sleeps on the sockets: to wake us for each packet would cost the server, which sends it.
void Legs::receive(base::Instant now) {
  std::array<epoll_event, 256> ready;
  while (true) {
    const int count = epoll_wait(epoll_, ready.data(), ready.size(), 0);
    for (int i = 0; i < count; ++i)
      entries_[ready[static_cast<std::size_t>(i)].data.u64].leg->receive(now);
    if (count < static_cast<int>(ready.size())) return;
  }
}

void Legs::tick(base::Instant now) {
  admit(now);
  slot_ = (slot_ + 1) % slots;
  for (std::size_t i = slot_; i < entries_.size(); i += slots) {
    if (entries_[i].leg->connected()) entries_[i].leg->speak();
  }
  for (Entry& entry : entries_) {
    entry.leg->tend(now);
    if (!entry.told && entry.leg->connected()) {
      entry.told = true;
      on_connected_(entry.number);
    }
  }
}

void Legs::admit(base::Instant now) {
  const std::lock_guard lock(mutex_);
  for (const auto& [number, terms] : waiting_) {
    const Speech& speech = speeches_.of(terms.codec, terms.voice);
    const std::size_t first = random_.below(speech.size());
    auto leg = std::make_unique<Leg>(context_, terms, speech, first, random_, now);
    watch(epoll_, leg->socket(), entries_.size());
    entries_.push_back({number, std::move(leg)});
  }
  waiting_.clear();
}

Legs::Totals Legs::totals() const {
  Totals totals;
  totals.legs = entries_.size();
  totals.own_late_ticks = slept_through_;
  totals.fewest = entries_.empty() ? 0 : std::numeric_limits<std::uint64_t>::max();
  for (const Entry& entry : entries_) {
    const ArrivalCounts counts = entry.leg->arrivals();
    totals.sent += entry.leg->sent();
    totals.not_authentic += entry.leg->not_authentic();
    totals.arrivals.received += counts.received;
    totals.arrivals.lost += counts.lost;
    totals.arrivals.repeated += counts.repeated;
    totals.arrivals.streams += counts.streams;
    totals.arrivals.late += counts.late;
    totals.arrivals.worst_delay = std::max(totals.arrivals.worst_delay, counts.worst_delay);
    totals.fewest = std::min(totals.fewest, counts.received);
  }
  return totals;
}

}  // namespace belfry::bench
