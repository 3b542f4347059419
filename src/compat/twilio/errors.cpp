#include "compat/twilio/errors.hpp"

#include <algorithm>
#include <array>

namespace belfry::compat::twilio {
namespace {

struct Entry {
  int code;
  int status;
  std::string_view message;
};

/// By code.
constexpr auto catalogue = std::to_array<Entry>({
    {13240, 400, "Call to coach is not a participant of this conference"},
    {16003, 400, "Conference name cannot be resolved"},
    {16020, 400, "Conference is full"},
    {16022, 400, "Conference has ended"},
    {16024, 400, "Label is invalid"},
    {16026, 400, "Label is in use by another participant"},
    {16027, 400, "CallSidToCoach is required when Coaching is true"},
    {16028, 400, "A participant cannot coach itself"},
    {16101, 400, "Recording is too short"},
    {16102, 400, "Recording is silent"},
    {16108, 400, "Another recording of this call is in the way"},
    {16113, 400, "Recording is mono; RequestedChannels=2 is not possible"},
    {20001, 400, "A parameter is missing or invalid"},
    {20003, 401, "Authenticate"},
    {20004, 405, "Method not allowed"},
    {20005, 401, "Account is not active"},
    {20006, 403, "Access denied"},
    {20007, 400, "Page size is too large; the maximum is 1000"},
    {20009, 400, "The resource is still in use and cannot be deleted"},
    {20404, 404, "The requested resource was not found"},
    {20409, 409, "The resource is in a state that conflicts with the request"},
    {20422, 400, "Invalid parameter"},
    {20423, 400, "Invalid SID"},
    {20429, 429, "Too many requests"},
    {20500, 500, "The server met a defect of its own"},
    {20503, 503, "The service is busy or stopping; try again later"},
    {21201, 400, "No 'To' number is specified"},
    {21205, 400, "Url is not a valid URL"},
    {21206, 400, "SendDigits is not valid"},
    {21208, 400, "Timeout is not valid"},
    {21209, 400, "Method is not valid: use GET or POST"},
    {21210, 400, "'From' number is not owned by this account and not verified"},
    {21211, 400, "'To' number is not valid"},
    {21212, 400, "'From' number is not valid"},
    {21213, 400, "No 'From' number is specified"},
    {21214, 400, "'To' number cannot be reached"},
    {21215, 400, "The account may not call this destination"},
    {21216, 400, "Calls to this number are blocked"},
    {21217, 400, "'To' is no number of any numbering plan"},
    {21218, 400, "ApplicationSid is unknown or has no VoiceUrl"},
    {21220, 400, "Call is not in-progress. Cannot redirect."},
    {21221, 400, "SIP user name is not valid"},
    {21222, 400, "SIP password is not valid"},
    {21224, 400, "SIP headers are too long"},
    {21234, 400, "MachineDetection parameters are not valid"},
    {21266, 400, "'To' and 'From' cannot be the same"},
    {21401, 400, "Phone number is not valid"},
    {21402, 400, "Url is not valid"},
    {21403, 400, "Method is not valid: use GET or POST"},
    {21404, 400, "Phone number is not in this account"},
    {21405, 400, "VoiceFallbackUrl without a VoiceUrl"},
    {21406, 400, "SmsFallbackUrl without an SmsUrl"},
    {21408, 400, "The account may not send messages to this country"},
    {21421, 400, "PhoneNumber is not valid"},
    {21422, 400, "PhoneNumber is not available"},
    {21450, 400, "Caller id is verified already"},
    {21452, 400, "No phone number was found for this request"},
    {21481, 400, "PageToken is not valid"},
    {21602, 400, "Message body or media is required"},
    {21603, 400, "'From' phone number is required"},
    {21604, 400, "'To' phone number is required"},
    {21606, 400, "'From' cannot send messages"},
    {21609, 400, "StatusCallback is not a valid URL"},
    {21610, 400, "The recipient has opted out"},
    {21611, 400, "The sender's queue is full"},
    {21612, 400, "'To' cannot be reached"},
    {21614, 400, "'To' is not a mobile number"},
    {21617, 400, "The message body is longer than 1600 characters"},
    {21620, 400, "MediaUrl is not valid"},
    {21623, 400, "A message has at most 10 media"},
    {21624, 400, "ValidityPeriod is not valid"},
    {21627, 400, "MaxPrice is not a number"},
    {21701, 400, "The messaging service does not exist"},
    {21703, 400, "The messaging service has no phone number"},
    {21710, 409, "The phone number is in the messaging service already"},
    {22005, 400, "The call waited too long in the queue"},
    {30409, 409, "The message cannot be canceled any more"},
    {32018, 400, "Twiml is longer than 4000 characters"},
    {35111, 400, "SendAt is missing or not a time"},
    {35114, 400, "SendAt must be between 300 seconds and 35 days from now"},
    {35117, 400, "ScheduleType is not valid"},
    {35118, 400, "MessagingServiceSid is required to schedule a message"},
    {63038, 429, "The account has sent its messages of today"},
});
static_assert(std::ranges::is_sorted(catalogue, {}, &Entry::code));

int code_of(base::Errc kind) {
  switch (kind) {
    case base::Errc::invalid_argument:
    case base::Errc::malformed:
    case base::Errc::unsupported:
    case base::Errc::too_large:
      return 20001;
    case base::Errc::not_found:
      return 20404;
    case base::Errc::conflict:
      return 20409;
    case base::Errc::unauthorized:
      return 20003;
    case base::Errc::refused:
    case base::Errc::forbidden:
      return 20006;
    case base::Errc::unavailable:
    case base::Errc::timed_out:
      return 20503;
    case base::Errc::io:
    case base::Errc::cancelled:
    case base::Errc::internal:
      return 20500;
  }
  return 20500;
}

int plain_code(int status) {
  switch (status) {
    case 401:
      return 20003;
    case 403:
      return 20006;
    case 404:
      return 20404;
    case 405:
      return 20004;
    case 409:
      return 20409;
    case 429:
      return 20429;
    case 503:
      return 20503;
    default:
      return status >= 500 ? 20500 : 20001;
  }
}

}  // namespace

ApiError error(int code) {
  const auto found = std::ranges::lower_bound(catalogue, code, {}, &Entry::code);
  if (found == catalogue.end() || found->code != code)
    return {code, 400, "The request was refused with error " + std::to_string(code)};
  return {code, found->status, std::string(found->message)};
}

ApiError error(int code, std::string message) {
  ApiError failure = error(code);
  if (!message.empty()) failure.message = std::move(message);
  return failure;
}

ApiError error(const base::Error& failure) {
  // SIP statuses stand in `detail` too; Twilio's codes have five digits.
  return error(failure.detail >= 10'000 ? failure.detail : code_of(failure.code), failure.message);
}

http::Response render(const ApiError& failure) {
  base::json::object body;
  body["code"] = failure.code;
  body["message"] = failure.message;
  body["more_info"] = "https://www.twilio.com/docs/errors/" + std::to_string(failure.code);
  body["status"] = failure.status;
  http::Response response = http::json(failure.status, body);
  if (failure.status == 401) response.headers.set("WWW-Authenticate", "Basic realm=\"Twilio API\"");
  if (failure.status == 429 || failure.status == 503) response.headers.set("Retry-After", "1");
  return response;
}

http::Response refusal(int code) {
  return render(error(code));
}
http::Response refusal(int code, std::string message) {
  return render(error(code, std::move(message)));
}
http::Response refusal(const base::Error& failure) {
  return render(error(failure));
}

http::Response not_found(const http::Request& request) {
  return refusal(20404, "The requested resource " + request.path + " was not found");
}

http::Response render_plain(int status, const http::Request& request, std::string_view reason) {
  if (status == 404) return not_found(request);
  ApiError failure = error(plain_code(status), std::string(reason));
  failure.status = status;
  return render(failure);
}

}  // namespace belfry::compat::twilio
