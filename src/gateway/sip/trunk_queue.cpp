#include "gateway/sip/trunk_queue.hpp"

#include <algorithm>

namespace belfry::gateway::sip {

using namespace std::chrono_literals;

TrunkQueue::TrunkQueue(base::Loop& loop, Limits limits)
    : loop_(loop),
      limits_(std::move(limits)),
      rate_(std::max(limits_.calls_per_second, 1U), 1s),
      in_use_gauge_(base::metrics::gauge(
          "belfry_trunk_channels_in_use", "Calls over a trunk", {{"trunk", limits_.trunk}}
      )),
      waiting_gauge_(base::metrics::gauge(
          "belfry_trunk_calls_waiting", "Calls that wait for their turn on a trunk",
          {{"trunk", limits_.trunk}}
      )) {}

void TrunkQueue::show() const {
  in_use_gauge_.set(static_cast<double>(in_use_));
  waiting_gauge_.set(static_cast<double>(order_.size()));
}

TrunkQueue::~TrunkQueue() {
  loop_.cancel(timer_);
  for (const auto& [id, call] : calls_) loop_.cancel(call.patience);
}

TrunkQueue::Place& TrunkQueue::Place::operator=(Place&& other) noexcept {
  if (this == &other) return *this;
  reset();
  queue_ = std::exchange(other.queue_, nullptr);
  id_ = other.id_;
  return *this;
}

void TrunkQueue::Place::reset() {
  if (TrunkQueue* queue = std::exchange(queue_, nullptr)) queue->leave(id_);
}

bool TrunkQueue::Place::may_go() const {
  return queue_ == nullptr || queue_->calls_.at(id_).running;
}

void TrunkQueue::Place::wait(base::Work go, base::Work give_up) {
  if (queue_ == nullptr) return;
  Call& call = queue_->calls_.at(id_);
  call.go = std::move(go);
  call.give_up = std::move(give_up);
  call.patience = queue_->loop_.call_after(queue_->limits_.patience, [queue = queue_, id = id_] {
    queue->expire(id);
  });
}

base::Result<TrunkQueue::Place> TrunkQueue::enter() {
  const bool at_once = order_.empty() && in_use_ < limits_.channels && !rate_.take({}, loop_.now());
  if (!at_once && order_.size() >= limits_.waiting)
    return base::fail(base::Errc::unavailable, "too many calls wait for this trunk");
  const std::uint64_t id = ++last_id_;
  calls_[id].running = at_once;
  if (at_once) {
    ++in_use_;
  } else {
    order_.push_back(id);
    advance();
  }
  show();
  return Place(*this, id);
}

TrunkQueue::Place TrunkQueue::occupy() {
  const std::uint64_t id = ++last_id_;
  calls_[id].running = true;
  ++in_use_;
  show();
  return Place(*this, id);
}

void TrunkQueue::leave(std::uint64_t id) {
  const auto gone = calls_.extract(id);
  loop_.cancel(gone.mapped().patience);
  if (gone.mapped().running)
    --in_use_;
  else
    std::erase(order_, id);
  advance();
  show();
}

void TrunkQueue::expire(std::uint64_t id) {
  Call& call = calls_.at(id);
  call.patience = 0;
  if (call.running) return;
  base::Work give_up = std::move(call.give_up);
  std::erase(order_, id);
  show();
  // It stays known, so that its place can be given up; it will never run.
  if (give_up) give_up();
}

void TrunkQueue::advance() {
  loop_.cancel(std::exchange(timer_, 0));
  while (!order_.empty() && in_use_ < limits_.channels) {
    if (const auto wait = rate_.take({}, loop_.now())) {
      timer_ = loop_.call_after(*wait + 1ms, [this] {
        timer_ = 0;
        advance();
      });
      return;
    }
    const std::uint64_t id = order_.front();
    order_.pop_front();
    Call& call = calls_.at(id);
    call.running = true;
    ++in_use_;
    loop_.cancel(std::exchange(call.patience, 0));
    show();
    if (!call.go) continue;
    loop_.post([this, id] {
      const auto found = calls_.find(id);
      if (found == calls_.end()) return;
      base::Work go = std::move(found->second.go);
      if (go) go();
    });
  }
}

}  // namespace belfry::gateway::sip
