#pragma once
#include <optional>
#include <string>

#include "compat/twilio/paging.hpp"
#include "compat/twilio/resource.hpp"

/// Resources that are documents: key SID, tag account (or another owner), `updated` in the value.
namespace belfry::compat::twilio {

call::Document make_document(
    Context& context, std::string_view collection, std::string_view sid_prefix, std::string tag
);
/// Stored when it returns; sets `updated`.
base::Task<base::Result<>> store_document(Context& context, call::Document document);
base::Task<base::Result<>> remove_document(
    Context& context, std::string collection, std::string key
);
/// Only one with that tag (rule H6).
base::Task<base::Result<std::optional<call::Document>>> find_document(
    Context& context, std::string collection, std::string key, std::string tag
);
/// sid, date_created, date_updated of a document.
void render_identity(const call::Document& document, base::json::object& json);

}  // namespace belfry::compat::twilio
