#pragma once
#include "call/conference_record.hpp"
#include "compat/twilio/rendering.hpp"

/// Conferences and participants as the API writes them. Pure.
namespace belfry::compat::twilio {

base::json::object render_conference(const call::ConferenceRecord& conference);
base::json::object render_participant(
    const call::ParticipantRecord& participant, base::WallTime now
);

}  // namespace belfry::compat::twilio
