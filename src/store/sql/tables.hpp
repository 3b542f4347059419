#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "call/call_figures.hpp"
#include "call/journal.hpp"
#include "store/binding.hpp"
#include "store/sql/database.hpp"

/// Rows to SQL and back, one file per table. All throw DatabaseError, ConflictError and RowError.
namespace belfry::store::sql {

// --- legs.cpp ---
void put_leg(Database& database, const call::LegRecord& leg);
std::optional<call::LegRecord> find_leg(Database& database, std::string_view sid);
std::vector<call::LegRecord> find_legs(Database& database, const call::LegQuery& query);
std::vector<call::LegRecord> unfinished_legs(Database& database);
std::uint64_t count_legs(Database& database);
/// With its events and what applications keep of it.
void remove_leg(Database& database, std::string_view sid);
/// Ended legs created before `limit_time` with their events. @return how many legs.
std::uint64_t purge_legs(Database& database, base::WallTime created_before, std::size_t limit);

// --- figures.cpp ---
/// What the leg, which is over, came to; before `put_leg`, which makes it count only once.
void count_leg(Database& database, const call::LegRecord& leg);
call::CallAnalysis analyse_calls(Database& database, const call::CallFiguresQuery& query);
/// Those that are whole before that time.
void purge_figures(Database& database, base::WallTime before);

// --- events.cpp ---
void append_event(Database& database, const call::EventRecord& event);
std::vector<call::EventRecord> events_of(Database& database, std::string_view leg_sid);

// --- deliveries.cpp ---
void put_delivery(Database& database, const call::Delivery& delivery);
std::vector<call::Delivery> due_deliveries(
    Database& database, base::WallTime now, std::size_t limit
);
std::optional<base::WallTime> next_delivery(Database& database);
/// Those that wait stay, however old. @return how many.
std::uint64_t purge_deliveries(
    Database& database, base::WallTime created_before, std::size_t limit
);

// --- documents.cpp ---
void insert_document(Database& database, const call::Document& document);
void put_document(Database& database, const call::Document& document);
std::optional<call::Document> find_document(
    Database& database, std::string_view collection, std::string_view key
);
std::vector<call::Document> find_documents(Database& database, const call::DocumentQuery& query);
std::uint64_t count_documents(Database& database, const call::DocumentQuery& query);
/// Throws ConflictError when it does not hold.
void check_condition(Database& database, const call::DocumentCondition& condition);
void remove_document(Database& database, const call::DocumentKey& which);

// --- bindings.cpp ---
std::vector<Binding> all_bindings(Database& database);
void replace_bindings(
    Database& database, std::string_view user, const std::vector<Binding>& bindings
);

}  // namespace belfry::store::sql
