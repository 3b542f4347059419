#include "compat/twilio/paging.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::compat::twilio {
namespace {

constexpr std::int64_t max_page_size = 1000;
constexpr std::int64_t max_page = 1'000'000;

/// A SID with its prefix: the token is the client's word, it goes into a query.
bool looks_like_sid(std::string_view text) {
  return text.size() == 34 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

struct Link {
  std::size_t page;
  std::string token;
};

std::string target_of(const Ask& ask, const PageRequest& request, const Link& link) {
  http::Form query;
  for (const auto& [name, value] : ask.parameters.query().fields())
    if (name != "Page" && name != "PageSize" && name != "PageToken") query.add(name, value);
  query.add("PageSize", std::to_string(request.size));
  query.add("Page", std::to_string(link.page));
  if (!link.token.empty()) query.add("PageToken", link.token);
  return ask.request.path + "?" + query.serialize();
}

base::json::value next_target(const Ask& ask, const PageRequest& request, const Page& page) {
  if (!page.more || page.last_sid.empty()) return nullptr;
  return base::json::value(target_of(ask, request, {request.page + 1, "PA" + page.last_sid}));
}

base::json::value previous_target(const Ask& ask, const PageRequest& request, const Page& page) {
  if (request.page == 0) return nullptr;
  const std::string token = page.first_sid.empty() ? "" : "PB" + page.first_sid;
  return base::json::value(target_of(ask, request, {request.page - 1, token}));
}

std::string own_token(const PageRequest& request) {
  if (!request.older_than.empty()) return "PA" + request.older_than;
  return request.newer_than.empty() ? "" : "PB" + request.newer_than;
}

}  // namespace

PageRequest PageRequest::read(Parameters& parameters) {
  PageRequest request;
  request.size =
      static_cast<std::size_t>(parameters.integer("PageSize", 50, 1, max_page_size, 20007));
  request.page = static_cast<std::size_t>(parameters.integer("Page", 0, 0, max_page));
  const std::string token = parameters.text("PageToken");
  if (token.empty()) return request;
  const bool older = token.starts_with("PA");
  if ((!older && !token.starts_with("PB")) || !looks_like_sid(token.substr(2))) {
    parameters.refuse(21481);
  } else {
    (older ? request.older_than : request.newer_than) = token.substr(2);
  }
  return request;
}

http::Response render_page(
    const Ask& ask, std::string_view list_key, const PageRequest& request, Page page
) {
  const std::size_t start = page.items.empty() ? 0 : request.page * request.size;
  const std::size_t end = page.items.empty() ? 0 : start + page.items.size() - 1;
  base::json::object body;
  body["first_page_uri"] = target_of(ask, request, {0, ""});
  body["end"] = end;
  body["previous_page_uri"] = previous_target(ask, request, page);
  body["uri"] = target_of(ask, request, {request.page, own_token(request)});
  body["page_size"] = request.size;
  body["start"] = start;
  body["page"] = request.page;
  body["next_page_uri"] = next_target(ask, request, page);
  body[list_key] = std::move(page.items);
  return http::json(200, body);
}

http::Response render_meta_page(
    const Ask& ask, std::string_view list_key, const PageRequest& request, Page page
) {
  const std::string url = ask.request.url();
  const std::string origin = url.substr(0, url.size() - ask.request.target.size());
  const auto absolute = [&](base::json::value target) {
    return target.is_string() ? base::json::value(origin + std::string(target.get_string()))
                              : std::move(target);
  };
  base::json::object meta;
  meta["key"] = list_key;
  meta["page"] = request.page;
  meta["page_size"] = request.size;
  meta["url"] = origin + target_of(ask, request, {request.page, own_token(request)});
  meta["first_page_url"] = origin + target_of(ask, request, {0, ""});
  meta["previous_page_url"] = absolute(previous_target(ask, request, page));
  meta["next_page_url"] = absolute(next_target(ask, request, page));
  base::json::object body;
  body["meta"] = std::move(meta);
  body[list_key] = std::move(page.items);
  return http::json(200, body);
}

base::Task<base::Result<DocumentPage>> load_page(
    call::Journal& journal, call::DocumentQuery query, PageRequest request
) {
  query.after_key = request.older_than;
  query.newer_than_key = request.newer_than;
  query.skip = request.skip();
  query.limit = request.size + 1;  // one more tells whether there is a next page
  auto found = co_await journal.find_documents(std::move(query));
  if (!found) co_return base::fail(found.error());
  DocumentPage page{std::move(*found)};
  const bool one_more = page.documents.size() > request.size;
  if (!request.newer_than.empty()) {
    // Towards the newer ones the extra one is in front, and what we came from is older.
    if (one_more) page.documents.erase(page.documents.begin());
    page.more = true;
  } else {
    if (one_more) page.documents.pop_back();
    page.more = one_more;
  }
  co_return page;
}

base::Task<http::Response> list_documents(
    Ask ask, call::Journal& journal, call::DocumentQuery query, std::string list_key,
    RenderDocument render
) {
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return twilio::render(*wrong);
  const auto loaded = co_await load_page(journal, std::move(query), request);
  if (!loaded) co_return refusal(loaded.error());
  Page page;
  page.more = loaded->more;
  for (const call::Document& document : loaded->documents)
    page.items.emplace_back(render(ask, document));
  if (!loaded->documents.empty()) {
    page.first_sid = loaded->documents.front().key;
    page.last_sid = loaded->documents.back().key;
  }
  co_return render_page(ask, list_key, request, std::move(page));
}

}  // namespace belfry::compat::twilio
