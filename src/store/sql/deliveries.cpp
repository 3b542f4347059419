#include "store/sql/tables.hpp"

namespace belfry::store::sql {
namespace {

using call::Delivery;

constexpr std::chrono::seconds longest_hold_back{15};

// Stored numbers, independent of the order of the enumerators. Index conditions say `state = 0`.
int to_number(Delivery::State state) {
  switch (state) {
    case Delivery::State::waiting:
      return 0;
    case Delivery::State::delivered:
      return 1;
    case Delivery::State::given_up:
      return 2;
  }
  return 0;
}
int to_number(Delivery::Signature signature) {
  switch (signature) {
    case Delivery::Signature::none:
      return 0;
    case Delivery::Signature::twilio:
      return 1;
    case Delivery::Signature::standard:
      return 2;
  }
  return 0;
}
Delivery::Signature read_signature(std::int64_t number) {
  if (number == 0) return Delivery::Signature::none;
  if (number == 1) return Delivery::Signature::twilio;
  if (number == 2) return Delivery::Signature::standard;
  throw RowError{"a delivery has an unknown signature"};
}

Delivery read_waiting(const Rows& rows) {
  Delivery delivery;
  delivery.number = static_cast<std::uint64_t>(rows.integer(0));
  delivery.id = rows.string(1);
  delivery.order_key = rows.string(2);
  delivery.kind = rows.string(3);
  delivery.url = rows.string(4);
  delivery.method = rows.string(5);
  delivery.content_type = rows.string(6);
  delivery.body = rows.string(7);
  delivery.signature = read_signature(rows.integer(8));
  delivery.created = rows.time(9);
  delivery.attempts = static_cast<int>(rows.integer(10));
  delivery.next_attempt = rows.time(11);
  delivery.last_error = rows.string(12);
  delivery.own_application = rows.integer(13) != 0;
  delivery.account_sid = rows.string(14);
  return delivery;
}

}  // namespace

void put_delivery(Database& database, const Delivery& delivery) {
  // Id, url and body are the same on every attempt (rule R7): only the progress is replaced.
  database.run(
      "INSERT INTO deliveries (id, order_key, kind, url, method, content_type, body, signature, "
      "created, attempts, next_attempt, state, last_error, own_application, account_sid) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "attempts = excluded.attempts, next_attempt = excluded.next_attempt, "
      "state = excluded.state, last_error = excluded.last_error",
      delivery.id, delivery.order_key, delivery.kind, delivery.url, delivery.method,
      delivery.content_type, Bytes{delivery.body}, to_number(delivery.signature), delivery.created,
      delivery.attempts, delivery.next_attempt, to_number(delivery.state), delivery.last_error,
      delivery.own_application ? 1 : 0, delivery.account_sid
  );
}

std::vector<Delivery> due_deliveries(Database& database, base::WallTime now, std::size_t limit) {
  // Rule R7: in order per key, but one that failed holds the later ones back for 15 s at most.
  Rows rows = database.query(
      "SELECT number, id, order_key, kind, url, method, content_type, body, signature, created, "
      "attempts, next_attempt, last_error, own_application, account_sid FROM deliveries AS due "
      "WHERE state = 0 AND next_attempt <= ? AND NOT EXISTS "
      "(SELECT 1 FROM deliveries AS earlier WHERE earlier.state = 0 "
      "AND earlier.order_key = due.order_key AND earlier.number < due.number "
      "AND (earlier.attempts = 0 OR due.created > ?)) "
      "ORDER BY next_attempt, number LIMIT ?",
      now, now - longest_hold_back, row_count(limit)
  );
  std::vector<Delivery> due;
  while (rows.next()) due.push_back(read_waiting(rows));
  return due;
}

std::optional<base::WallTime> next_delivery(Database& database) {
  Rows rows = database.query(
      "SELECT next_attempt FROM deliveries WHERE state = 0 ORDER BY next_attempt LIMIT 1"
  );
  if (!rows.next()) return std::nullopt;
  return rows.optional_time(0);
}

std::uint64_t purge_deliveries(
    Database& database, base::WallTime created_before, std::size_t limit
) {
  database.run(
      "DELETE FROM deliveries WHERE number IN (SELECT number FROM deliveries "
      "WHERE state <> 0 AND created < ? ORDER BY created LIMIT ?)",
      created_before, row_count(limit)
  );
  return database.changed_rows();
}

}  // namespace belfry::store::sql
