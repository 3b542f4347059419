#pragma once
#include <optional>
#include <string>
#include <variant>

#include "base/json.hpp"

namespace belfry::apps::flux {

/// Body of `POST /notifications/call`.
struct CallRequest {
  std::string phone_number;  // E.164
  std::string task_title;    // 1 to 500 characters
  std::optional<std::string> task_id;
};

/// What is wrong with a body: one entry per member, {"type","loc","msg","input"} as FastAPI writes
/// them.
using Complaints = base::json::array;

/// Checks every member, so that all complaints come at once.
std::variant<CallRequest, Complaints> read_call_request(std::string_view body);

/// One entry of a 422 answer.
base::json::object complaint(
    std::string_view type, base::json::array location, std::string_view message,
    base::json::value input
);

}  // namespace belfry::apps::flux
