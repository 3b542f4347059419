#pragma once
#include <span>
#include <string>
#include <string_view>

#include "admin/problem.hpp"
#include "call/journal.hpp"

/// What numbers and applications have in common: documents whose members say what answers calls and
/// messages. The members have the names that the call model and the Twilio API give them. Pure.
namespace belfry::admin {

struct AnsweringMember {
  enum class Kind { text, url, method, document };
  std::string_view name;
  Kind kind = Kind::text;
};

/// Of numbers and of applications alike.
std::span<const AnsweringMember> answering_members();

/// Changes in `value` what `body` has; null and empty texts clear. What is wrong goes to `reader`.
void change_members(
    const base::json::object& body, BodyReader& reader, std::span<const AnsweringMember> members,
    base::json::object& value
);
/// `sid`, `created_at` and the members; null where there is nothing.
base::json::object render_members(
    const call::Document& document, std::span<const AnsweringMember> members
);
/// Empty where there is none.
std::string text_member(const base::json::object& from, std::string_view name);

}  // namespace belfry::admin
