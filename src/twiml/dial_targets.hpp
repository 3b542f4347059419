#pragma once
#include <vector>

#include "call/switchboard.hpp"
#include "twiml/dial.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

/// A noun of `<Dial>`, ready to be called.
struct DialTarget {
  call::PlaceCall call;
  std::string whisper_url;  // absolute; empty: joined at once
  std::string whisper_method = "POST";
  bool is_sip = false;
};

/// The parties of a dial as the call model places them: addresses, caller ID (13214: what the
/// caller shows is no number, or a browser dials a number without `callerId`), time-outs, callbacks
/// with absolute URLs. What cannot be called is a warning and left out.
std::vector<DialTarget> make_targets(const Dial& dial, Session& session);

}  // namespace belfry::twiml
