#include "store/postgres/placeholders.hpp"

namespace belfry::store::postgres {

std::string number_placeholders(std::string_view sql) {
  std::string numbered;
  numbered.reserve(sql.size() + 16);
  int number = 0;
  char quote = '\0';
  for (const char each : sql) {
    // A doubled quote closes and opens again: nothing stands between.
    if (quote == '\0' && (each == '\'' || each == '"'))
      quote = each;
    else if (each == quote)
      quote = '\0';
    if (each == '?' && quote == '\0')
      numbered += "$" + std::to_string(++number);
    else
      numbered += each;
  }
  return numbered;
}

}  // namespace belfry::store::postgres
