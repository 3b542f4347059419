#include "store/sql/json_column.hpp"
#include "store/sql/tables.hpp"

namespace belfry::store::sql {

void append_event(Database& database, const call::EventRecord& event) {
  database.run(
      "INSERT INTO events (leg_sid, seq, at, type, data) VALUES (?, ?, ?, ?, ?)", event.leg_sid,
      event.seq, event.at, event.type, to_column(event.data)
  );
}

std::vector<call::EventRecord> events_of(Database& database, std::string_view leg_sid) {
  Rows rows = database.query(
      "SELECT seq, at, type, data FROM events WHERE leg_sid = ? ORDER BY seq", leg_sid
  );
  std::vector<call::EventRecord> events;
  while (rows.next())
    events.push_back(
        {.leg_sid = std::string(leg_sid),
         .seq = static_cast<std::uint64_t>(rows.integer(0)),
         .at = rows.time(1),
         .type = rows.string(2),
         .data = from_column(rows.text(3))}
    );
  return events;
}

}  // namespace belfry::store::sql
