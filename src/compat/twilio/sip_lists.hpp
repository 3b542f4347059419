#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// What a kind of list under `/SIP` is called where.
struct SipListKind {
  std::string_view path;        // "/SIP/CredentialLists"
  std::string_view envelope;    // "credential_lists"
  std::string_view content;     // "credentials": its sub-resource
  std::string_view collection;  // of call::SipDirectory
  std::string_view sid_prefix;  // "CL"
};

/// Lists that have a name, belong to an account and hold what a resource of their own shows:
/// credentials, addresses. Control thread.
class SipLists {
 public:
  SipLists(Context& context, const SipListKind& kind) : context_(context), kind_(kind) {}
  void add_to(Api& api);
  /// The path of one list, for routes: "/SIP/CredentialLists/{ListSid}".
  std::string path_of_one() const { return std::string(kind_.path) + "/{ListSid}"; }
  /// The request's list; null when its account has none of that SID.
  const call::Document* find(const Ask& ask) const;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::json::object render_list(const Ask& ask, const call::Document& document) const;

  Context& context_;
  const SipListKind& kind_;
};

}  // namespace belfry::compat::twilio
