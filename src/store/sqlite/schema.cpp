#include "store/sqlite/schema.hpp"

#include <array>

namespace belfry::store::sqlite {
namespace {

/// Only ever appended to: a step that has been released does not change.
constexpr std::array migrations = {
    // 1. `number` is the order of insertion. `live` is 1 while the status is not final.
    "CREATE TABLE legs ("
    "  number INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, parent_sid TEXT NOT NULL,"
    "  status TEXT NOT NULL, live INTEGER NOT NULL, created INTEGER NOT NULL,"
    "  \"from\" TEXT NOT NULL, \"to\" TEXT NOT NULL, application TEXT NOT NULL,"
    "  rest TEXT NOT NULL);"
    "CREATE INDEX legs_created ON legs (created);"
    "CREATE INDEX legs_status ON legs (status, created);"
    "CREATE INDEX legs_application ON legs (application, created);"
    "CREATE INDEX legs_live ON legs (created) WHERE live = 1;"
    "CREATE TABLE events ("
    "  leg_sid TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL,"
    "  data TEXT NOT NULL, PRIMARY KEY (leg_sid, seq)) WITHOUT ROWID;"
    "CREATE TABLE deliveries ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
    "  order_key TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, method TEXT NOT NULL,"
    "  content_type TEXT NOT NULL, body TEXT NOT NULL, signature INTEGER NOT NULL,"
    "  own_application INTEGER NOT NULL,"
    "  created INTEGER NOT NULL, attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL,"
    "  state INTEGER NOT NULL, last_error TEXT NOT NULL);"
    "CREATE INDEX deliveries_due ON deliveries (next_attempt, number) WHERE state = 0;"
    "CREATE INDEX deliveries_of_key ON deliveries (order_key, number) WHERE state = 0;"
    "CREATE INDEX deliveries_done ON deliveries (created) WHERE state <> 0;"
    "CREATE TABLE documents ("
    "  number INTEGER PRIMARY KEY, collection TEXT NOT NULL, key TEXT NOT NULL,"
    "  tag TEXT NOT NULL, created INTEGER NOT NULL, value TEXT NOT NULL,"
    "  UNIQUE (key, collection));"
    "CREATE INDEX documents_created ON documents (collection, created);"
    "CREATE INDEX documents_tag ON documents (collection, tag, created);"
    "CREATE TABLE bindings ("
    "  user TEXT NOT NULL, contact_uri TEXT NOT NULL, source_ip TEXT NOT NULL,"
    "  source_port INTEGER NOT NULL, transport TEXT NOT NULL, local_socket TEXT NOT NULL,"
    "  expires_at INTEGER NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,"
    "  path TEXT NOT NULL, PRIMARY KEY (user, contact_uri)) WITHOUT ROWID;"
    "CREATE TABLE room_probe (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);",
    // 2. What the accounts' lists of calls ask for.
    "ALTER TABLE legs ADD COLUMN account_sid TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE legs ADD COLUMN answered INTEGER;"
    "ALTER TABLE legs ADD COLUMN ended INTEGER;"
    "UPDATE legs SET account_sid = coalesce(json_extract(rest, '$.account_sid'), ''),"
    "  answered = json_extract(rest, '$.answered'), ended = json_extract(rest, '$.ended');"
    "CREATE INDEX legs_account ON legs (account_sid, created);"
    "CREATE INDEX legs_parent ON legs (parent_sid) WHERE parent_sid <> '';"
    "CREATE INDEX legs_to ON legs (\"to\", created);"
    "CREATE INDEX legs_from ON legs (\"from\", created);"
    "ALTER TABLE deliveries ADD COLUMN account_sid TEXT NOT NULL DEFAULT '';",
};

int user_version(Database& database) {
  Rows rows = database.query("PRAGMA user_version");
  return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

}  // namespace

int schema_version() {
  return static_cast<int>(migrations.size());
}

base::Result<> migrate(Database& database) {
  const int found = user_version(database);
  if (found > schema_version())
    return base::fail(
        base::Errc::conflict, "the database has schema " + std::to_string(found) +
                                  ", this Belfry knows up to " + std::to_string(schema_version()) +
                                  ": start the newer version that wrote it"
    );
  for (int version = found; version < schema_version(); ++version) {
    database.execute(
        std::string("BEGIN IMMEDIATE;") + migrations[static_cast<std::size_t>(version)] +
        "PRAGMA user_version=" + std::to_string(version + 1) + "; COMMIT"
    );
  }
  return {};
}

}  // namespace belfry::store::sqlite
