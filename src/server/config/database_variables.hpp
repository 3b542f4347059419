#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace belfry::server {

/// The database that `DB_HOST` names, with `DB_PORT`, `DB_NAME`, `DB_USER` and `DB_PASSWORD` beside
/// it, as a URL; their defaults are those of Take5's document: 5432, take5, postgres, none. Nothing
/// when `DB_HOST` is not set or empty. A host that begins with / is the folder of a socket.
std::optional<std::string> database_url_of(
    const std::function<const std::string*(std::string_view name)>& find_variable
);

}  // namespace belfry::server
