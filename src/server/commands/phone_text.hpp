#pragma once
#include <string>

#include "base/json.hpp"

/// Simulated phones in words for the terminal, from what `/sim` answers. Pure.
namespace belfry::server {

/// One line: number, state, what it does when called, how often it rang.
std::string phone_line(const base::json::value& phone);
/// That line, and what happened in each of its calls.
std::string phone_story(const base::json::value& phone);
std::string message_line(const base::json::value& message);

}  // namespace belfry::server
