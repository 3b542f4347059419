#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/token_bucket.hpp"
#include "compat/twilio/ask.hpp"
#include "http/router.hpp"
#include "identity/media_links.hpp"

namespace belfry::compat::twilio {

/// Where resources hang their operations, and what stands before each of them: Basic
/// authentication (401/20003 with a challenge, 20005 for an account that is not active), the rate
/// limit (100/s, burst 200 per account: 429/20429, trust section 7), reading of form and query,
/// Twilio-Request-Id and -Duration. Methods that a path does not have answer 405/20004, paths that
/// are not there 404/20404.
///
/// Paths are below the account: "/Calls/{CallSid}" is
/// `/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}`, with and without `.json`. A path that names
/// an ending ("/Recordings/{Sid}.wav") has that one only. Paths of the other products begin with
/// their version ("/v2/PhoneNumbers/{Number}") and are mounted as they are.
///
/// One thread; outlives the router's requests.
class Api {
 public:
  using Handler = std::function<base::Task<http::Response>(Ask)>;
  struct Operation {
    std::string method;  // GET, POST, DELETE
    std::string path;    // as the resource wrote it
  };

  Api(base::Loop& loop, base::Random& random, const identity::Accounts& accounts,
      http::Router& router);

  /// Requests that a link of ours allows need no credentials. `links` outlives this.
  void accept_links(const identity::MediaLinks& links) { links_ = &links; }

  void add(std::string_view method, std::string_view path, const Handler& handler);

  /// `api.get("/Calls", this, &Calls::list)`: a member of the resource, which outlives the router.
  template <class Resource>
  using Member = base::Task<http::Response> (Resource::*)(Ask);
  template <class Resource>
  void get(std::string_view path, Resource* resource, Member<Resource> member) {
    add("GET", path, bind(resource, member));
  }
  template <class Resource>
  void post(std::string_view path, Resource* resource, Member<Resource> member) {
    add("POST", path, bind(resource, member));
  }
  template <class Resource>
  void remove(std::string_view path, Resource* resource, Member<Resource> member) {
    add("DELETE", path, bind(resource, member));
  }

  /// Everything that was added, for the documentation.
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  template <class Resource>
  static Handler bind(Resource* resource, Member<Resource> member) {
    return [resource, member](Ask ask) { return (resource->*member)(std::move(ask)); };
  }
  void mount(std::string_view method, const std::string& path, const Handler& handler);
  base::Task<http::Response> answer(http::Request request, const Handler& handler);
  base::Task<http::Response> admit(http::Request request, const Handler& handler);
  /// The caller and the account of the path, or why not.
  std::expected<Ask, ApiError> authenticate(http::Request request);

  base::Loop& loop_;
  base::Random& random_;
  const identity::Accounts& accounts_;
  http::Router& router_;
  const identity::MediaLinks* links_ = nullptr;
  base::KeyedBuckets buckets_;
  std::vector<Operation> operations_;
};

}  // namespace belfry::compat::twilio
