#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/random.hpp"
#include "base/time_zone.hpp"

/// When a group is called: moments at random within what suits its members, drawn once and kept.
/// Pure but for the time zone database; any thread.
namespace belfry::apps::take5 {

enum class Cadence { daily, weekly, monthly };
std::string_view to_string(Cadence cadence);
std::optional<Cadence> parse_cadence(std::string_view text);
/// 1, 7 or 30: the days in which `frequency` calls take place; at most one a day.
int days_of(Cadence cadence);
/// The first minute of the day at which somebody may be called, and the one from which nobody is.
struct DayHours {
  std::chrono::minutes from;
  std::chrono::minutes until;
};
DayHours hours_of(Cadence cadence);

/// What a draw goes by.
struct DrawTerms {
  Cadence cadence = Cadence::daily;
  int frequency = 1;
  /// IANA names, one for each member. Days are those of the first; none: nobody is called.
  std::vector<std::string> zones;
};

using Day = std::chrono::local_days;

/// Part of a day, [from, until), in which as many members as possible can be called.
struct Stretch {
  base::WallTime from;
  base::WallTime until;
};
/// Those of a day, in order: inside the hours of every member if there are such, else of most.
std::vector<Stretch> best_stretches(const DrawTerms& terms, Day day);
/// Whether everybody can be called at some moment of that day.
bool suits_everybody(const DrawTerms& terms, Day day);
/// The day of the first member.
Day day_of(const DrawTerms& terms, base::WallTime time);

/// The moments that have been drawn, window by window: a window is a day, or 7 or 30 days, and the
/// next begins where it ends. So each has `frequency` calls, on different days, and no moment is
/// drawn again but when it was missed.
class Plan {
 public:
  /// Draws windows ahead until there are `count` moments after `now`. The first window begins on
  /// `earliest`, or a day later when that day has no time left.
  void top_up(
      const DrawTerms& terms, base::Random& random, base::WallTime now, Day earliest,
      std::size_t count
  );
  /// In order.
  std::vector<base::WallTime> moments() const;
  std::optional<base::WallTime> next() const;
  bool has(base::WallTime moment) const;
  /// A call took place on that day: a moment of that day is done with. @return whether there was
  /// one.
  bool settle(const DrawTerms& terms, Day day);
  /// The moment was missed: another one, on a free day of the same window that has time left.
  /// @return false when there is none; the moment is gone then.
  bool redraw(
      const DrawTerms& terms, base::Random& random, base::WallTime now, base::WallTime missed
  );

  base::json::object to_json() const;
  static Plan from_json(const base::json::object& kept);

 private:
  struct Window {
    Day first;
    std::vector<base::WallTime> moments;  // in order
    std::vector<Day> called;              // days on which a call took place
  };

  void drop_old_windows();

  std::vector<Window> windows_;  // in order; the last one stays, since the next begins after it
};

/// Whether a moment that was missed may still be called at `now`: within the hour, and inside the
/// members' hours.
bool may_be_made_up(const DrawTerms& terms, base::WallTime moment, base::WallTime now);

}  // namespace belfry::apps::take5
