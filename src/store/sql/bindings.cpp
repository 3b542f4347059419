#include "store/sql/tables.hpp"

namespace belfry::store::sql {

std::vector<Binding> all_bindings(Database& database) {
  Rows rows = database.query(
      "SELECT \"user\", contact_uri, source_ip, source_port, transport, local_socket, expires_at, "
      "call_id, cseq, path FROM bindings ORDER BY \"user\", contact_uri"
  );
  std::vector<Binding> bindings;
  while (rows.next())
    bindings.push_back(
        {.user = rows.string(0),
         .contact_uri = rows.string(1),
         .source_ip = rows.string(2),
         .source_port = static_cast<std::uint16_t>(rows.integer(3)),
         .transport = rows.string(4),
         .local_socket = rows.string(5),
         .expires_at = rows.time(6),
         .call_id = rows.string(7),
         .cseq = static_cast<std::uint32_t>(rows.integer(8)),
         .path = rows.string(9)}
    );
  return bindings;
}

void replace_bindings(
    Database& database, std::string_view user, const std::vector<Binding>& bindings
) {
  database.run("DELETE FROM bindings WHERE \"user\" = ?", user);
  for (const Binding& binding : bindings)
    database.run(
        "INSERT INTO bindings (\"user\", contact_uri, source_ip, source_port, transport, "
        "local_socket, expires_at, call_id, cseq, path) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        user, binding.contact_uri, binding.source_ip, binding.source_port, binding.transport,
        binding.local_socket, binding.expires_at, binding.call_id, binding.cseq, binding.path
    );
}

}  // namespace belfry::store::sql
