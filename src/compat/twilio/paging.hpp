#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "call/journal.hpp"
#include "compat/twilio/ask.hpp"

namespace belfry::compat::twilio {

/// Which page of a list is asked for. A token is `PA` + the SID after which (older) or `PB` + the
/// SID before which (newer) the page lies: a walk is stable while new items arrive.
struct PageRequest {
  std::size_t size = 50;  // 1 to 1,000: 400/20007 beyond
  std::size_t page = 0;
  std::string older_than;
  std::string newer_than;

  /// How many to pass over, when only a page's number was given.
  std::size_t skip() const { return older_than.empty() && newer_than.empty() ? page * size : 0; }
  /// Leaves 20007 or 21481 in `parameters` when it cannot be read.
  static PageRequest read(Parameters& parameters);
};

/// What a page holds, newest first.
struct Page {
  base::json::array items;
  bool more = false;      // there are older ones
  std::string first_sid;  // of the items; empty when there are none
  std::string last_sid;
};

/// The envelope of v2010 lists; the filters of the request are repeated in its URIs.
http::Response render_page(
    const Ask& ask, std::string_view list_key, const PageRequest& request, Page page
);
/// The envelope of the newer products: `meta` with absolute URLs.
http::Response render_meta_page(
    const Ask& ask, std::string_view list_key, const PageRequest& request, Page page
);

/// One page of documents of `query`, whose paging members are set here. SIDs are the keys.
struct DocumentPage {
  std::vector<call::Document> documents;
  bool more = false;
};
base::Task<base::Result<DocumentPage>> load_page(
    call::Journal& journal, call::DocumentQuery query, PageRequest request
);

/// The whole of a list: reads the page from the request, renders each document.
using RenderDocument = std::function<base::json::object(const Ask&, const call::Document&)>;
base::Task<http::Response> list_documents(
    Ask ask, call::Journal& journal, call::DocumentQuery query, std::string list_key,
    RenderDocument render
);

/// The part of `items` that is asked for, for lists that are in memory (newest first). `sid_of`
/// gives an item's SID.
template <class T, class SidOf>
std::vector<T> slice(
    const std::vector<T>& items, const PageRequest& request, SidOf sid_of, bool& more
) {
  std::size_t begin = std::min(request.skip(), items.size());
  std::size_t end = std::min(begin + request.size, items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string sid = sid_of(items[i]);
    if (sid == request.older_than) {
      begin = i + 1;
      end = std::min(begin + request.size, items.size());
    } else if (sid == request.newer_than) {
      end = i;
      begin = end - std::min(request.size, end);
    }
  }
  more = end < items.size();
  return {
      items.begin() + static_cast<std::ptrdiff_t>(begin),
      items.begin() + static_cast<std::ptrdiff_t>(end)
  };
}

}  // namespace belfry::compat::twilio
