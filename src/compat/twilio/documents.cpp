#include "compat/twilio/documents.hpp"

#include "base/ids.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {

call::Document make_document(
    Context& context, std::string_view collection, std::string_view sid_prefix, std::string tag
) {
  call::Document document;
  document.collection = collection;
  document.key = base::make_sid(sid_prefix, context.random);
  document.tag = std::move(tag);
  document.created = context.loop.wall_now();
  return document;
}

base::Task<base::Result<>> store_document(Context& context, call::Document document) {
  document.value["updated"] = base::to_unix_micros(context.loop.wall_now());
  call::Changes changes;
  changes.documents.push_back(std::move(document));
  return context.journal().commit(std::move(changes));
}

base::Task<base::Result<>> remove_document(
    Context& context, std::string collection, std::string key
) {
  call::Changes changes;
  changes.removed_documents.push_back({std::move(collection), std::move(key)});
  return context.journal().commit(std::move(changes));
}

base::Task<base::Result<std::optional<call::Document>>> find_document(
    Context& context, std::string collection, std::string key, std::string tag
) {
  auto found = co_await context.journal().find_document(std::move(collection), std::move(key));
  if (found && *found && (*found)->tag != tag) found->reset();
  co_return found;
}

void render_identity(const call::Document& document, base::json::object& json) {
  json["sid"] = document.key;
  json["date_created"] = date(document.created);
  base::json::value updated = date_member(document.value, "updated");
  json["date_updated"] = updated.is_null() ? date(document.created) : std::move(updated);
}

}  // namespace belfry::compat::twilio
