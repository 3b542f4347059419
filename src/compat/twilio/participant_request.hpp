#pragma once
#include "call/conferences.hpp"
#include "compat/twilio/parameters.hpp"

/// The parameters of participants in Twilio's words, as commands of the call model. Pure.
namespace belfry::compat::twilio {

/// Errors: 16024 label, 16027 Coaching without CallSidToCoach, 20001.
call::JoinConference read_join(Parameters& parameters);
call::ParticipantUpdate read_participant_update(Parameters& parameters);

}  // namespace belfry::compat::twilio
