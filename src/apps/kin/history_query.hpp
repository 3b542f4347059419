#pragma once
#include "apps/kin/calls.hpp"
#include "http/form.hpp"

namespace belfry::apps::kin {

/// `search, direction, status, contactId, dateFrom, dateTo, page, limit 1-100, sortBy, sortOrder`.
/// Dates are `2026-01-02` (`dateTo` with that whole day) or RFC 3339 in UTC.
/// @return Errc::invalid_argument that names the parameter.
base::Result<HistoryQuery> read_history_query(const http::Form& query);

}  // namespace belfry::apps::kin
