#pragma once
#include <string>

#include "call/journal.hpp"

namespace belfry::call {

inline constexpr std::string_view queue_collection = "queue";
inline constexpr std::uint32_t default_queue_size = 1000;
inline constexpr std::uint32_t max_queue_size = 5000;
inline constexpr std::size_t max_queue_name = 64;

/// What is kept of a queue; who waits in it lives and dies with the process.
struct QueueRecord {
  std::string sid;  // QU…
  std::string account_sid;
  std::string name;
  std::uint32_t max_size = default_queue_size;
  base::WallTime created{};
  base::WallTime updated{};

  /// Members: account_sid, friendly_name, max_size, date_updated (µs). Tag: the name.
  Document to_document() const;
  static QueueRecord from_document(const Document& document);
};

}  // namespace belfry::call
