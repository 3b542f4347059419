#include "store/sql/migrations.hpp"

#include <array>

namespace belfry::store::sql {
namespace {

enum class Where { both, sqlite, postgres };
struct Statement {
  std::string_view sql;
  Where where = Where::both;
};
using Step = std::vector<Statement>;

/// Only ever appended to: a step that has been released does not change.
const std::vector<Step>& steps() {
  static const std::vector<Step> all = {
      // 1. `number` is the order of insertion. `live` is 1 while the status is not final.
      {
          {"CREATE TABLE legs ("
           "  number INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, parent_sid TEXT NOT NULL,"
           "  status TEXT NOT NULL, live INTEGER NOT NULL, created INTEGER NOT NULL,"
           "  \"from\" TEXT NOT NULL, \"to\" TEXT NOT NULL, application TEXT NOT NULL,"
           "  rest TEXT NOT NULL)"},
          {"CREATE INDEX legs_created ON legs (created)"},
          {"CREATE INDEX legs_status ON legs (status, created)"},
          {"CREATE INDEX legs_application ON legs (application, created)"},
          {"CREATE INDEX legs_live ON legs (created) WHERE live = 1"},
          {"CREATE TABLE events ("
           "  leg_sid TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL,"
           "  data TEXT NOT NULL, PRIMARY KEY (leg_sid, seq)) WITHOUT ROWID"},
          {"CREATE TABLE deliveries ("
           "  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
           "  order_key TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, method TEXT NOT NULL,"
           "  content_type TEXT NOT NULL, body BLOB NOT NULL, signature INTEGER NOT NULL,"
           "  own_application INTEGER NOT NULL,"
           "  created INTEGER NOT NULL, attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL,"
           "  state INTEGER NOT NULL, last_error TEXT NOT NULL)"},
          {"CREATE INDEX deliveries_due ON deliveries (next_attempt, number) WHERE state = 0"},
          {"CREATE INDEX deliveries_of_key ON deliveries (order_key, number) WHERE state = 0"},
          {"CREATE INDEX deliveries_done ON deliveries (created) WHERE state <> 0"},
          {"CREATE TABLE documents ("
           "  number INTEGER PRIMARY KEY, collection TEXT NOT NULL, key TEXT NOT NULL,"
           "  tag TEXT NOT NULL, created INTEGER NOT NULL, value TEXT NOT NULL,"
           "  UNIQUE (key, collection))"},
          {"CREATE INDEX documents_created ON documents (collection, created)"},
          {"CREATE INDEX documents_tag ON documents (collection, tag, created)"},
          {"CREATE TABLE bindings ("
           "  \"user\" TEXT NOT NULL, contact_uri TEXT NOT NULL, source_ip TEXT NOT NULL,"
           "  source_port INTEGER NOT NULL, transport TEXT NOT NULL, local_socket TEXT NOT NULL,"
           "  expires_at INTEGER NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,"
           "  path TEXT NOT NULL, PRIMARY KEY (\"user\", contact_uri)) WITHOUT ROWID"},
          {"CREATE TABLE room_probe (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"},
      },
      // 2. What the accounts' lists of calls ask for.
      {
          {"ALTER TABLE legs ADD COLUMN account_sid TEXT NOT NULL DEFAULT ''"},
          {"ALTER TABLE legs ADD COLUMN answered INTEGER"},
          {"ALTER TABLE legs ADD COLUMN ended INTEGER"},
          // Rows of that version were only ever in SQLite files.
          {"UPDATE legs SET account_sid = coalesce(json_extract(rest, '$.account_sid'), ''),"
           "  answered = json_extract(rest, '$.answered'), ended = json_extract(rest, '$.ended')",
           Where::sqlite},
          {"CREATE INDEX legs_account ON legs (account_sid, created)"},
          {"CREATE INDEX legs_parent ON legs (parent_sid) WHERE parent_sid <> ''"},
          {"CREATE INDEX legs_to ON legs (\"to\", created)"},
          {"CREATE INDEX legs_from ON legs (\"from\", created)"},
          {"ALTER TABLE deliveries ADD COLUMN account_sid TEXT NOT NULL DEFAULT ''"},
      },
      // 3. What calls came to, by quarters of an hour and by hours (`step`: microseconds).
      // `call::figures_of` in SQL counts those that were over before.
      {
          {"CREATE TABLE application_figures ("
           "  step INTEGER NOT NULL, at INTEGER NOT NULL, application TEXT NOT NULL, calls INTEGER "
           "NOT NULL,"
           "  answered INTEGER NOT NULL, seconds INTEGER NOT NULL, minutes INTEGER NOT NULL,"
           "  paid_calls INTEGER NOT NULL, paid_minutes INTEGER NOT NULL,"
           "  PRIMARY KEY (step, at, application)) WITHOUT ROWID"},
          // In the order in which they are added up by group.
          {"CREATE TABLE group_figures ("
           "  application TEXT NOT NULL, group_key TEXT NOT NULL, at INTEGER NOT NULL,"
           "  calls INTEGER NOT NULL, answered INTEGER NOT NULL, seconds INTEGER NOT NULL,"
           "  minutes INTEGER NOT NULL, paid_calls INTEGER NOT NULL, paid_minutes INTEGER NOT NULL,"
           "  PRIMARY KEY (application, group_key, at)) WITHOUT ROWID"},
          {"CREATE TABLE counted AS SELECT created / 900000000 * 900000000 AS at, application,"
           "  coalesce(json_extract(rest, '$.program.parameters.group'), '') AS group_key,"
           "  answered IS NOT NULL AS answered, max(ended - answered, 0) / 1000000 AS seconds,"
           "  json_extract(rest, '$.direction') <> 'inbound' AND coalesce(json_extract(rest,"
           "    '$.attempt.carrier'), 'application')"
           "    NOT IN ('simulator', 'registration', 'application') AS paid"
           "  FROM legs WHERE live = 0",
           Where::sqlite},
          {"CREATE TABLE counted AS SELECT created / 900000000 * 900000000 AS at, application,"
           "  coalesce(rest::json #>> '{program,parameters,group}', '') AS group_key,"
           "  (answered IS NOT NULL)::int AS answered,"
           "  CASE WHEN answered IS NOT NULL AND ended IS NOT NULL"
           "    THEN greatest(ended - answered, 0) / 1000000 END AS seconds,"
           "  (rest::json ->> 'direction' <> 'inbound' AND coalesce(rest::json #>>"
           "    '{attempt,carrier}', 'application')"
           "    NOT IN ('simulator', 'registration', 'application'))::int AS paid"
           "  FROM legs WHERE live = 0",
           Where::postgres},
          {"ALTER TABLE counted ADD COLUMN minutes INTEGER NOT NULL DEFAULT 0"},
          {"UPDATE counted SET minutes = CASE WHEN coalesce(seconds, 0) = 0 THEN 1"
           "  ELSE (seconds + 59) / 60 END WHERE answered = 1"},
          {"INSERT INTO application_figures SELECT 900000000, at, application, count(*),"
           "  sum(answered), coalesce(sum(seconds), 0), sum(minutes), sum(paid),"
           "  sum(paid * minutes) FROM counted GROUP BY at, application"},
          {"INSERT INTO application_figures SELECT 3600000000, at / 3600000000 * 3600000000,"
           "  application, sum(calls), sum(answered), sum(seconds), sum(minutes), sum(paid_calls),"
           "  sum(paid_minutes) FROM application_figures GROUP BY at / 3600000000, application"},
          {"INSERT INTO group_figures SELECT application, group_key, at, count(*), sum(answered),"
           "  coalesce(sum(seconds), 0), sum(minutes), sum(paid), sum(paid * minutes)"
           "  FROM counted WHERE group_key <> '' GROUP BY application, group_key, at"},
          {"DROP TABLE counted"},
      },
  };
  return all;
}

struct Words {
  std::string_view sqlite;
  std::string_view postgres;
};
/// The longer ones first. Texts are compared by their bytes, as SQLite does, whatever the
/// database's language is.
constexpr std::array words = {
    Words{
        "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    },
    Words{"INTEGER PRIMARY KEY", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
    Words{"INTEGER", "BIGINT"},
    Words{"TEXT", "TEXT COLLATE \"C\""},
    Words{"BLOB", "BYTEA"},
    Words{" WITHOUT ROWID", ""},
};

std::string translate(std::string_view sql) {
  std::string translated;
  while (!sql.empty()) {
    const auto word = std::ranges::find_if(words, [&](const Words& each) {
      return sql.starts_with(each.sqlite);
    });
    const bool found = word != words.end();
    translated += found ? word->postgres : sql.substr(0, 1);
    sql.remove_prefix(found ? word->sqlite.size() : 1);
  }
  return translated;
}

}  // namespace

std::vector<std::vector<std::string>> migrations(Dialect dialect) {
  std::vector<std::vector<std::string>> all;
  for (const Step& step : steps()) {
    std::vector<std::string>& statements = all.emplace_back();
    for (const Statement& statement : step) {
      const Where here = dialect == Dialect::sqlite ? Where::sqlite : Where::postgres;
      if (statement.where != Where::both && statement.where != here) continue;
      if (dialect == Dialect::sqlite)
        statements.emplace_back(statement.sql);
      else
        statements.push_back(translate(statement.sql));
    }
  }
  return all;
}

int schema_version() {
  return static_cast<int>(steps().size());
}

base::Result<> check_version(int found) {
  if (found <= schema_version()) return {};
  return base::fail(
      base::Errc::conflict, "the database has schema " + std::to_string(found) +
                                ", this Belfry knows up to " + std::to_string(schema_version()) +
                                ": start the newer version that wrote it"
  );
}

}  // namespace belfry::store::sql
