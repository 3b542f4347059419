#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/record.hpp"

namespace belfry::call {

using WebHeaders = std::vector<std::pair<std::string, std::string>>;
using FormFields =
    std::vector<std::pair<std::string, std::string>>;  // order kept, names may repeat

struct WebRequest {
  std::string method = "POST";  // GET puts the form into the query
  std::string url;              // may carry #fragment overrides (ct, rt, tt, rc, rp); never sent
  FormFields form;              // sent url-encoded
  std::string content_type;     // with `body`: sent as it is instead of `form`
  std::string body;
  WebHeaders headers;
  std::vector<std::string> cookies;  // "name=value"
  Delivery::Signature signature = Delivery::Signature::twilio;
  std::string account_sid = {};  // whose token signs it; empty: the main account's
  std::string
      idempotency_id;  // I-Twilio-Idempotency-Token or webhook-id: the same on every attempt
  /// A document of an application of ours: answered in process, without a socket.
  bool own_application = false;
  std::size_t max_body = 64 * 1024;
};

/// A Set-Cookie header and the URL whose answer had it: the last one or one that redirected.
struct SetCookie {
  std::string url;
  std::string text;
};

struct WebResponse {
  int status = 0;
  std::string content_type;  // lower case, without parameters
  WebHeaders headers;
  std::string body;
  std::string final_url;  // after redirects: the base of relative URLs
  std::vector<SetCookie> set_cookies;
  std::string etag;  // for conditional requests; empty when not sent
  std::string last_modified;
  std::chrono::milliseconds took{};
};

/// What calls out to users' web applications: signs, follows redirects, keeps time-outs (5 s
/// connect, 15 s in all) and rule W1. A status of 400 or more is a response, not an error.
/// `Error::detail` is Twilio's code: 11200, 11201 … 11237, 11750.
class WebClient {
 public:
  virtual ~WebClient() = default;
  virtual base::Task<base::Result<WebResponse>> send(WebRequest request) = 0;
};

}  // namespace belfry::call
