#pragma once
#include <string>
#include <string_view>

/// What a notification call says, as TwiML documents.
namespace belfry::apps::flux {

/// Speaks the task and waits 10 s for one key; no key also leads to `gather_url` (with empty
/// Digits), so that exactly one goodbye is spoken.
std::string announcement(std::string_view task_title, std::string_view gather_url);
/// The goodbye.
std::string acknowledgement(bool acknowledged);

}  // namespace belfry::apps::flux
