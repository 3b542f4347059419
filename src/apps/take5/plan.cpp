#include "apps/take5/plan.hpp"

#include <algorithm>
#include <map>

#include "apps/take5/members.hpp"

namespace belfry::apps::take5 {
namespace {

using base::WallTime;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::minutes;

constexpr auto longest_delay = 1h;  // of a call that was missed

WallTime utc_of(const std::string& zone, base::LocalTime local) {
  const auto time = base::to_utc(zone, local);
  return time.value_or(WallTime(local.time_since_epoch()));
}

struct Coverage {
  std::vector<Stretch> stretches;  // with the most members
  int members = 0;
};

/// How many members can be called, over a day of the first one.
Coverage cover(const DrawTerms& terms, Day day) {
  Coverage best;
  if (terms.zones.empty()) return best;
  const WallTime begin = utc_of(terms.zones.front(), day);
  const WallTime end = utc_of(terms.zones.front(), day + days(1));
  const DayHours hours = hours_of(terms.cadence);
  std::map<std::string, int> members;
  for (const std::string& zone : terms.zones) ++members[zone];
  std::map<WallTime, int> changes;  // of the number of members who can be called
  for (const auto& [zone, count] : members) {
    // The other's yesterday and tomorrow reach into this day.
    for (Day local = day - days(1); local <= day + days(1); local += days(1)) {
      const WallTime from = std::max(begin, utc_of(zone, local + hours.from));
      const WallTime until = std::min(end, utc_of(zone, local + hours.until));
      if (from >= until) continue;
      changes[from] += count;
      changes[until] -= count;
    }
  }
  int now = 0;
  for (auto change = changes.begin(); change != changes.end(); ++change) {
    now += change->second;
    if (now == 0 || now < best.members) continue;
    if (now > best.members) best.stretches.clear();
    best.members = now;
    best.stretches.push_back({change->first, std::next(change)->first});
  }
  return best;
}

std::int64_t minutes_in(const Stretch& stretch) {
  return std::chrono::ceil<minutes>(stretch.until - stretch.from).count();
}

/// What is left of the stretches after `now`, from the next whole minute on.
std::vector<Stretch> after(std::vector<Stretch> stretches, WallTime now) {
  const WallTime earliest = std::chrono::floor<minutes>(now) + 1min;
  for (Stretch& stretch : stretches) stretch.from = std::max(stretch.from, earliest);
  std::erase_if(stretches, [](const Stretch& stretch) { return stretch.from >= stretch.until; });
  return stretches;
}

/// One minute of all that are there, each as likely as any other.
WallTime draw_moment(const std::vector<Stretch>& stretches, base::Random& random) {
  std::int64_t all = 0;
  for (const Stretch& stretch : stretches) all += minutes_in(stretch);
  auto chosen = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(all)));
  for (const Stretch& stretch : stretches) {
    if (chosen < minutes_in(stretch)) return stretch.from + minutes(chosen);
    chosen -= minutes_in(stretch);
  }
  return stretches.back().from;
}

std::vector<Day> draw_days(std::vector<Day> from, std::size_t count, base::Random& random) {
  std::vector<Day> drawn;
  while (drawn.size() < count && !from.empty()) {
    const auto index = static_cast<std::ptrdiff_t>(random.below(from.size()));
    drawn.push_back(from[static_cast<std::size_t>(index)]);
    from.erase(from.begin() + index);
  }
  std::ranges::sort(drawn);
  return drawn;
}

/// Those of a window that have time left after `now`.
std::vector<Day> open_days(const DrawTerms& terms, Day first, WallTime now) {
  std::vector<Day> open;
  for (int i = 0; i < days_of(terms.cadence); ++i) {
    const Day day = first + days(i);
    if (!after(best_stretches(terms, day), now).empty()) open.push_back(day);
  }
  return open;
}

std::int64_t number_of_day(Day day) {
  return day.time_since_epoch().count();
}

}  // namespace

std::string_view to_string(Cadence cadence) {
  switch (cadence) {
    case Cadence::daily:
      return "daily";
    case Cadence::weekly:
      return "weekly";
    case Cadence::monthly:
      return "monthly";
  }
  return "";
}

std::optional<Cadence> parse_cadence(std::string_view text) {
  for (const Cadence cadence : {Cadence::daily, Cadence::weekly, Cadence::monthly})
    if (to_string(cadence) == text) return cadence;
  return std::nullopt;
}

int days_of(Cadence cadence) {
  switch (cadence) {
    case Cadence::daily:
      return 1;
    case Cadence::weekly:
      return 7;
    case Cadence::monthly:
      return 30;
  }
  return 1;
}

DayHours hours_of(Cadence cadence) {
  if (cadence == Cadence::monthly) return {10h, 18h};
  return {9h, 20h};
}

std::vector<Stretch> best_stretches(const DrawTerms& terms, Day day) {
  return cover(terms, day).stretches;
}

bool suits_everybody(const DrawTerms& terms, Day day) {
  return cover(terms, day).members == static_cast<int>(terms.zones.size());
}

Day day_of(const DrawTerms& terms, WallTime time) {
  std::optional<base::LocalTime> local;
  if (!terms.zones.empty()) local = base::to_local(terms.zones.front(), time);
  return std::chrono::floor<days>(local.value_or(base::LocalTime(time.time_since_epoch())));
}

// --- Plan ---

void Plan::top_up(
    const DrawTerms& terms, base::Random& random, WallTime now, Day earliest, std::size_t count
) {
  if (terms.zones.empty() || terms.frequency <= 0) return;
  drop_old_windows();
  std::size_t ahead = 0;
  for (const Window& window : windows_)
    ahead += static_cast<std::size_t>(std::ranges::count_if(window.moments, [&](WallTime moment) {
      return moment > now;
    }));
  const auto wanted = static_cast<std::size_t>(std::min(terms.frequency, days_of(terms.cadence)));
  while (ahead < count) {
    Day first = earliest;
    if (!windows_.empty())
      first = std::max(earliest, windows_.back().first + days(days_of(terms.cadence)));
    std::vector<Day> open = open_days(terms, first, now);
    if (open.size() < wanted) {  // today is over, or nearly so
      first += days(1);
      open = open_days(terms, first, now);
    }
    Window window{first, {}, {}};
    for (const Day day : draw_days(std::move(open), wanted, random))
      window.moments.push_back(draw_moment(after(best_stretches(terms, day), now), random));
    if (window.moments.empty()) return;
    ahead += window.moments.size();
    windows_.push_back(std::move(window));
  }
}

void Plan::drop_old_windows() {
  while (windows_.size() > 1 && windows_.front().moments.empty()) windows_.erase(windows_.begin());
}

std::vector<WallTime> Plan::moments() const {
  std::vector<WallTime> all;
  for (const Window& window : windows_)
    all.insert(all.end(), window.moments.begin(), window.moments.end());
  return all;
}

std::optional<WallTime> Plan::next() const {
  for (const Window& window : windows_)
    if (!window.moments.empty()) return window.moments.front();
  return std::nullopt;
}

bool Plan::has(WallTime moment) const {
  return std::ranges::any_of(windows_, [&](const Window& window) {
    return std::ranges::find(window.moments, moment) != window.moments.end();
  });
}

bool Plan::settle(const DrawTerms& terms, Day day) {
  bool settled = false;
  for (Window& window : windows_) {
    if (day < window.first || day >= window.first + days(days_of(terms.cadence))) continue;
    window.called.push_back(day);
    const auto gone = std::erase_if(window.moments, [&](WallTime moment) {
      return day_of(terms, moment) == day;
    });
    settled = settled || gone > 0;
  }
  return settled;
}

bool Plan::redraw(const DrawTerms& terms, base::Random& random, WallTime now, WallTime missed) {
  const auto window = std::ranges::find_if(windows_, [&](const Window& each) {
    return std::ranges::find(each.moments, missed) != each.moments.end();
  });
  if (window == windows_.end()) return false;
  std::erase(window->moments, missed);
  std::vector<Day> open = open_days(terms, window->first, now);
  std::erase_if(open, [&](Day day) {
    const bool called = std::ranges::find(window->called, day) != window->called.end();
    return called || std::ranges::any_of(window->moments, [&](WallTime moment) {
             return day_of(terms, moment) == day;
           });
  });
  const std::vector<Day> drawn = draw_days(std::move(open), 1, random);
  if (drawn.empty()) return false;
  window->moments.push_back(draw_moment(after(best_stretches(terms, drawn[0]), now), random));
  std::ranges::sort(window->moments);
  return true;
}

base::json::object Plan::to_json() const {
  base::json::array windows;
  for (const Window& window : windows_) {
    base::json::array moments;
    for (const WallTime moment : window.moments) moments.push_back(base::to_unix_micros(moment));
    base::json::array called;
    for (const Day day : window.called) called.push_back(number_of_day(day));
    windows.push_back(base::json::object{
        {"first", number_of_day(window.first)},
        {"moments", std::move(moments)},
        {"called", std::move(called)},
    });
  }
  return {{"windows", std::move(windows)}};
}

Plan Plan::from_json(const base::json::object& kept) {
  Plan plan;
  for (const base::json::value& each : array_of(kept, "windows")) {
    if (!each.is_object()) continue;
    const base::json::object& stored = each.get_object();
    Window window{Day(days(number_of(stored, "first"))), {}, {}};
    for (const std::int64_t moment : numbers_of(stored, "moments"))
      window.moments.push_back(base::from_unix_micros(moment));
    for (const std::int64_t day : numbers_of(stored, "called"))
      window.called.emplace_back(days(day));
    plan.windows_.push_back(std::move(window));
  }
  return plan;
}

bool may_be_made_up(const DrawTerms& terms, WallTime moment, WallTime now) {
  if (now < moment || now - moment >= longest_delay) return false;
  const std::vector<Stretch> stretches = best_stretches(terms, day_of(terms, moment));
  return std::ranges::any_of(stretches, [&](const Stretch& stretch) {
    return stretch.from <= now && now < stretch.until;
  });
}

}  // namespace belfry::apps::take5
