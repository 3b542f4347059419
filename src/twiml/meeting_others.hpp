#pragma once
#include "call/form_delivery.hpp"
#include "call/side_document.hpp"
#include "twiml/callbacks.hpp"
#include "twiml/conference.hpp"
#include "twiml/dial.hpp"
#include "twiml/queue.hpp"
#include "twiml/session.hpp"

/// `<Dial>` with a noun that stands alone.
namespace belfry::twiml {

/// `<Dial><Conference>`: until the participant is out, by `*`, the time limit, the end of the
/// conference or a request. A conference that cannot be entered stops the document: 16020 (full),
/// 16025 (label in use), 13240 (nobody to coach).
base::Task<Step> dial_conference(const Conference& conference, const Dial& dial, Session& session);

/// `<Dial><Queue>`: takes out the caller at the front, waiting for one with ring-back up to the
/// Dial's timeout. DialCallStatus: completed, answered (ended by `*`), no-answer, failed (no such
/// queue).
base::Task<Step> dial_queue(const Queue& queue, const Dial& dial, Session& session);

/// The address with its URL as seen from the current document. @return 11100 or 15004 in `detail`.
base::Result<call::CallbackAddress> resolve_callback(
    const EventCallback& callback, const Session& session
);
/// Likewise of a document for those who wait: absent: nothing, the built-in music; empty: silence.
base::Result<std::optional<call::SideDocument>> resolve_wait(
    const std::optional<std::string>& url, const std::string& method, const Session& session
);

base::Task<void> wait_for_event(base::Event& event);
/// Waits for `over`, for `*` when `dial` ends on it, and for its time limit.
enum class Parting { over, star, time_limit };
base::Task<Parting> wait_for_parting(base::Event& over, const Dial& dial, Session& session);

}  // namespace belfry::twiml
