#pragma once
#include <string>
#include <string_view>

namespace belfry::store::postgres {

/// Each `?` outside quotes as `$1`, `$2` ….
std::string number_placeholders(std::string_view sql);

}  // namespace belfry::store::postgres
