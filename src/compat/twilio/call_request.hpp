#pragma once
#include <optional>
#include <string>

#include "call/switchboard.hpp"
#include "compat/twilio/parameters.hpp"

/// The parameters of a call in Twilio's words, as commands of the call model. Pure: what has to be
/// looked up (an application) comes in from outside.
namespace belfry::compat::twilio {

/// Where a call's documents come from; read from a request, an application or a number.
struct CallProgram {
  std::string url;
  std::string method = "POST";
  std::string fallback_url;
  std::string fallback_method = "POST";
  std::string twiml;

  call::ProgramSpec to_spec() const;
  bool empty() const { return url.empty() && twiml.empty(); }
};

/// `Url`, `Method`, `FallbackUrl`, `FallbackMethod`, `Twiml` (at most 4,000 characters, 32018;
/// `Url` wins over it).
CallProgram read_program(Parameters& parameters);
/// `StatusCallback`, `…Method`, `…Event`: unknown events are left out, none at all means completed.
call::StatusCallback read_status_callback(Parameters& parameters);

/// What POST /Calls/{Sid} changes: `Status`, `Url` or `Twiml`, `StatusCallback`, `TimeLimit`.
call::LegUpdate read_call_update(Parameters& parameters);

/// What a call is on, however it is driven: all of POST /Calls but its program.
call::PlaceCall read_call_terms(Parameters& parameters);

/// All of POST /Calls but the program of an application, whose SID it leaves in `application_sid`.
struct CallRequest {
  call::PlaceCall call;
  std::string application_sid;
};
CallRequest read_call_request(Parameters& parameters);

}  // namespace belfry::compat::twilio
