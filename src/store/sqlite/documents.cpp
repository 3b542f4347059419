#include "store/sqlite/json_column.hpp"
#include "store/sqlite/tables.hpp"

namespace belfry::store::sqlite {
namespace {

using call::Document;

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
      document.collection, document.key, document.tag, to_column(document.value), document.created
  );
}

void put_document(Database& database, const Document& document) {
  database.run(
      "INSERT INTO documents (collection, key, tag, value, created) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (collection, key) DO UPDATE SET tag = excluded.tag, value = excluded.value, "
      "created = excluded.created",
      document.collection, document.key, document.tag, to_column(document.value), document.created
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

std::vector<Document> find_documents(
    Database& database, std::string_view collection, std::string_view tag, std::size_t limit
) {
  Rows rows = tag.empty() ? database.query(
                                "SELECT collection, key, tag, value, created FROM documents "
                                "WHERE collection = ? ORDER BY created DESC, number DESC LIMIT ?",
                                collection, limit
                            )
                          : database.query(
                                "SELECT collection, key, tag, value, created FROM documents "
                                "WHERE collection = ? AND tag = ? "
                                "ORDER BY created DESC, number DESC LIMIT ?",
                                collection, tag, limit
                            );
  std::vector<Document> documents;
  while (rows.next()) documents.push_back(read_document(rows));
  return documents;
}

}  // namespace belfry::store::sqlite
