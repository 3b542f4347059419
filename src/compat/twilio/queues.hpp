#pragma once
#include "call/queues.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Queues` and those who wait in them, `/Queues/{sid}/Members`, by call SID or "Front".
class QueuesResource final : public Resource {
 public:
  explicit QueuesResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::Task<http::Response> list_members(Ask ask);
  base::Task<http::Response> fetch_member(Ask ask);
  /// Takes a caller out: the call goes on with the document of the request.
  base::Task<http::Response> update_member(Ask ask);

  call::Queues& queues() const { return *context_.services().queues; }
  /// The queue of the path; nullptr when the account has none such.
  const call::QueueRecord* queue(const Ask& ask) const;
  base::json::object render_queue(const call::QueueRecord& queue) const;

  Context& context_;
};

}  // namespace belfry::compat::twilio
