#pragma once
#include <string>

#include "admin/problem.hpp"
#include "base/random.hpp"
#include "call/number_directory.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// What the pages of numbers and applications work with; all outlive them.
struct DirectoryAccess {
  base::Loop& loop;
  base::Random& random;
  call::Journal& journal;
  call::NumberDirectory& directory;
  std::string account_sid;  // who gets what is made here
};

/// `/admin/api/numbers`: the numbers of all accounts and what answers each. They are those of the
/// Twilio API: a change in one place is seen in the other. Control thread; outlives the router's
/// requests.
class Numbers {
 public:
  explicit Numbers(DirectoryAccess access) : access_(std::move(access)) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> add(http::Request request);
  base::Task<http::Response> change(http::Request request);
  base::Task<http::Response> remove(http::Request request);
  /// Reads what both adding and changing take.
  Complaints read(const base::json::object& body, base::json::object& value) const;

  DirectoryAccess access_;
};

}  // namespace belfry::admin
