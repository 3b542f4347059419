#pragma once
#include <string_view>

#include "gateway/sip/agent.hpp"
#include "gateway/sip/stored_call.hpp"

namespace belfry::gateway::sip {

/// Ends on the wire what an earlier process left (rule R3): BYE for an answered call, CANCEL with
/// the INVITE's own branch for one that was not, a final response for one that came in. Best
/// effort; nobody waits for the answers.
/// @param reason a Reason header value
void end_leftover(Agent& agent, const StoredCall& call, std::string_view reason);

}  // namespace belfry::gateway::sip
