#include "apps/take5/moment.hpp"

#include "base/text.hpp"

namespace belfry::apps::take5 {
namespace {

/// Takes characters from the front.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// Exactly so many digits; nothing, and nothing taken, otherwise.
  std::optional<int> digits(std::size_t count) {
    if (text_.size() < count) return std::nullopt;
    const auto number = base::parse_unsigned(text_.substr(0, count));
    if (!number) return std::nullopt;
    text_.remove_prefix(count);
    return static_cast<int>(*number);
  }
  bool take(char character) {
    if (!text_.starts_with(character)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

std::optional<std::chrono::sys_days> read_date(Reader& reader) {
  const auto year = reader.digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))
  };
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

/// `.5` to `.123456789`.
std::optional<std::chrono::microseconds> read_fraction(Reader& reader) {
  std::chrono::microseconds fraction{0};
  std::int64_t unit = 100'000;
  int count = 0;
  for (auto digit = reader.digits(1); digit; digit = reader.digits(1)) {
    fraction += std::chrono::microseconds(*digit * unit);
    unit /= 10;
    if (++count > 9) return std::nullopt;
  }
  if (count == 0) return std::nullopt;
  return fraction;
}

std::optional<std::chrono::microseconds> read_time(Reader& reader) {
  const auto hour = reader.digits(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  std::chrono::microseconds time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (!reader.take(':')) return time;
  const auto second = reader.digits(2);
  if (!second || *second > 59) return std::nullopt;
  time += std::chrono::seconds(*second);
  if (!reader.take('.')) return time;
  const auto fraction = read_fraction(reader);
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

/// What is to be taken away to get UTC.
std::optional<std::chrono::minutes> read_offset(Reader& reader) {
  if (reader.at_end() || reader.take('Z')) return std::chrono::minutes(0);
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) return std::nullopt;
  const auto hours = reader.digits(2);
  reader.take(':');
  const auto minutes = reader.digits(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? offset : -offset;
}

}  // namespace

std::optional<base::WallTime> parse_moment(std::string_view text) {
  Reader reader(text);
  const auto date = read_date(reader);
  if (!date) return std::nullopt;
  if (reader.at_end()) return base::WallTime(*date);
  if (!reader.take('T')) return std::nullopt;
  const auto time = read_time(reader);
  if (!time) return std::nullopt;
  const auto offset = read_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  return base::WallTime(*date) + *time - *offset;
}

}  // namespace belfry::apps::take5
