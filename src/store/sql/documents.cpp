#include "store/sql/json_column.hpp"
#include "store/sql/tables.hpp"

namespace belfry::store::sql {
namespace {

using call::Document;
using call::DocumentKey;
using call::DocumentQuery;

/// A WHERE clause with an argument for each of its `?`. Refers to the query.
struct Conditions {
  std::string sql = "collection = ?";
  std::vector<Argument> arguments;

  Conditions(Dialect dialect, const DocumentQuery& query) {
    arguments.emplace_back(query.collection);
    if (!query.tag.empty()) add("tag = ?", query.tag);
    for (const auto& [name, value] : query.members) add_member(dialect, name, value);
    if (query.created_from) add("created >= ?", *query.created_from);
    if (query.created_before) add("created < ?", *query.created_before);
  }
  template <class... Values>
  void add(std::string_view condition, Values&&... values) {
    sql.append(" AND ").append(condition);
    (arguments.emplace_back(std::forward<Values>(values)), ...);
  }

 private:
  void add_member(Dialect dialect, const std::string& name, const std::string& value) {
    if (dialect == Dialect::postgres) return add("value::jsonb ->> ? = ?", name, value);
    // To SQLite truth is a number.
    const std::string path = "$.\"" + name + "\"";
    add("CASE json_type(value, ?) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
        "ELSE CAST(json_extract(value, ?) AS TEXT) END = ?",
        std::string(path), std::string(path), value);
  }
};

Document read_document(const Rows& rows) {
  return {
      .collection = rows.string(0),
      .key = rows.string(1),
      .tag = rows.string(2),
      .value = from_column(rows.text(3)),
      .created = rows.time(4)
  };
}

}  // namespace

void insert_document(Database& database, const Document& document) {
  database.run(
      "INSERT INTO documents (collection, key, tag, value, created) VALUES (?, ?, ?, ?, ?)",
      document.collection, indexed(document.key), indexed(document.tag), to_column(document.value),
      document.created
  );
}

void put_document(Database& database, const Document& document) {
  database.run(
      "INSERT INTO documents (collection, key, tag, value, created) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (collection, key) DO UPDATE SET tag = excluded.tag, value = excluded.value, "
      "created = excluded.created",
      document.collection, indexed(document.key), indexed(document.tag), to_column(document.value),
      document.created
  );
}

std::optional<Document> find_document(
    Database& database, std::string_view collection, std::string_view key
) {
  Rows rows = database.query(
      "SELECT collection, key, tag, value, created FROM documents "
      "WHERE collection = ? AND key = ?",
      collection, key
  );
  if (!rows.next()) return std::nullopt;
  return read_document(rows);
}

std::vector<Document> find_documents(Database& database, const DocumentQuery& query) {
  Conditions conditions(database.dialect(), query);
  if (!query.after_key.empty()) {
    conditions.add(
        "(created, number) < (SELECT created, number FROM documents WHERE collection = ? AND key = "
        "?)",
        query.collection, query.after_key
    );
  }
  const bool upwards = !query.newer_than_key.empty();
  if (upwards) {
    conditions.add(
        "(created, number) > (SELECT created, number FROM documents WHERE collection = ? AND key = "
        "?)",
        query.collection, query.newer_than_key
    );
  }
  conditions.arguments.emplace_back(row_count(query.limit));
  conditions.arguments.emplace_back(row_count(query.skip));
  const std::string_view order = upwards ? " ORDER BY created, number LIMIT ? OFFSET ?"
                                         : " ORDER BY created DESC, number DESC LIMIT ? OFFSET ?";
  Rows rows = database.query_with(
      "SELECT collection, key, tag, value, created FROM documents WHERE " + conditions.sql +
          std::string(order),
      conditions.arguments
  );
  std::vector<Document> documents;
  while (rows.next()) documents.push_back(read_document(rows));
  if (upwards) std::ranges::reverse(documents);
  return documents;
}

std::uint64_t count_documents(Database& database, const DocumentQuery& query) {
  const Conditions conditions(database.dialect(), query);
  Rows rows = database.query_with(
      "SELECT count(*) FROM documents WHERE " + conditions.sql, conditions.arguments
  );
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

void check_condition(Database& database, const call::DocumentCondition& condition) {
  const DocumentKey& which = condition.document;
  const auto found = find_document(database, which.collection, which.key);
  if (condition.holds_for(found ? &*found : nullptr)) return;
  throw ConflictError{which.collection + " " + which.key + ": " + condition.member + " is not so"};
}

void remove_document(Database& database, const DocumentKey& which) {
  database.run(
      "DELETE FROM documents WHERE collection = ? AND key = ?", which.collection, which.key
  );
}

}  // namespace belfry::store::sql
