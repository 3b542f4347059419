#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/record.hpp"

namespace belfry::call {

/// What must still be so for a step to be written (compare and set): a lease that is still ours, a
/// state that nobody has changed.
struct DocumentCondition {
  DocumentKey document;
  std::string member;          // of its value; no nested one
  base::json::value expected;  // null: absent

  /// @param found nullptr: there is no such document; then nothing holds.
  bool holds_for(const Document* found) const {
    if (found == nullptr) return false;
    const base::json::value* member_value = base::json::find(found->value, member);
    return member_value == nullptr ? expected.is_null() : *member_value == expected;
  }
};

/// What one step of the call model writes: all of it or nothing.
struct Changes {
  /// Looked at before anything of this step is written; one that does not hold fails the whole with
  /// Errc::conflict.
  std::vector<DocumentCondition> conditions;
  /// Inserted, or replaced by SID; but account, parent, `from`, `to`, `created` and application
  /// stay what they were at first.
  std::vector<LegRecord> legs;
  std::vector<EventRecord> events;   // appended
  std::vector<Delivery> deliveries;  // inserted, or replaced by id
  std::vector<Document>
      new_documents;  // inserted; one whose key exists fails the whole with Errc::conflict
  std::vector<Document> documents;  // inserted or replaced
  std::vector<DocumentKey> removed_documents;
  std::vector<std::string> removed_legs;  // by SID, with their events

  bool empty() const {
    return conditions.empty() && legs.empty() && events.empty() && deliveries.empty() &&
           new_documents.empty() && documents.empty() && removed_documents.empty() &&
           removed_legs.empty();
  }
};

/// Which documents of a collection; all conditions must hold. Newest first.
struct DocumentQuery {
  std::string collection;
  std::string tag = {};  // empty: any
  /// Members of the value (no nested ones) that must be this text, number or truth: "status", "7",
  /// "true".
  std::vector<std::pair<std::string, std::string>> members = {};
  std::optional<base::WallTime> created_from = {};    // inclusive
  std::optional<base::WallTime> created_before = {};  // exclusive
  std::string after_key = {};                         // only those inserted before this one
  std::string newer_than_key = {
  };  // only those inserted after this one: the last `limit` before it
  std::size_t skip = 0;
  std::size_t limit = 50;
};

struct LegQuery {
  std::size_t limit = 50;  // newest first
  std::string before_sid;  // only legs created before this one; empty: from the newest
  std::string after_sid;   // only legs created after this one: the last `limit` before it
  std::size_t skip = 0;
  std::string account_sid;
  std::string from;  // exactly
  std::string to;    // exactly
  std::string parent_sid;
  std::optional<base::WallTime> answered_from;    // inclusive
  std::optional<base::WallTime> answered_before;  // exclusive
  std::optional<base::WallTime> ended_from;
  std::optional<base::WallTime> ended_before;
  std::optional<LegStatus> status;
  std::string number;       // `from` or `to` contains it
  std::string application;  // empty: all
};

/// The durable memory of the call model; `store` implements it. Reads see all earlier writes of
/// this object. Control thread; nothing in here blocks it.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Returns when the changes are on disk (rule R1): Errc::unavailable when the disk is full (rule
  /// R2), Errc::conflict for a document that exists. Order of calls is order of commits.
  virtual base::Task<base::Result<>> commit(Changes changes) = 0;
  /// The same, for steps that no promise waits for: they are written with the next group.
  virtual void commit_later(Changes changes) = 0;
  /// False while the store refuses writes (disk full): new calls are refused, live ones go on.
  virtual bool accepts_writes() const = 0;

  virtual base::Task<base::Result<std::optional<LegRecord>>> find_leg(std::string sid) = 0;
  virtual base::Task<base::Result<std::vector<LegRecord>>> find_legs(LegQuery query) = 0;
  /// All that are in no final status: what a restart has to deal with. Oldest first.
  virtual base::Task<base::Result<std::vector<LegRecord>>> unfinished_legs() = 0;
  virtual base::Task<base::Result<std::uint64_t>> count_legs() = 0;
  virtual base::Task<base::Result<std::vector<EventRecord>>> events_of(std::string leg_sid) = 0;

  /// Waiting deliveries that are due at `now`, in order of `number`. One waits for the earlier ones
  /// of its key; but an earlier one that has failed holds it back for 15 s from its own creation at
  /// most (rule R7).
  virtual base::Task<base::Result<std::vector<Delivery>>> due_deliveries(
      base::WallTime now, std::size_t limit
  ) = 0;
  /// When the next waiting delivery is due. It may be one that is held back: look again after a
  /// while, not at once.
  virtual base::Task<base::Result<std::optional<base::WallTime>>> next_delivery() = 0;

  virtual base::Task<base::Result<std::optional<Document>>> find_document(
      std::string collection, std::string key
  ) = 0;
  virtual base::Task<base::Result<std::vector<Document>>> find_documents(DocumentQuery query) = 0;
  /// How many there are, whatever `after_key`, `skip` and `limit` say.
  virtual base::Task<base::Result<std::uint64_t>> count_documents(DocumentQuery query) = 0;
};

}  // namespace belfry::call
