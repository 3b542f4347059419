#pragma once
#include "twiml/dial.hpp"

namespace belfry::twiml {

/// `<Dial>` with numbers, clients and SIP addresses: rings them, lets the caller hear how it goes,
/// joins it with the first that is ready to talk, and goes on when they have parted. The leg's
/// voice has a leg.
base::Task<Step> dial_parties(const Dial& dial, Session& session);

}  // namespace belfry::twiml
