#pragma once
#include "twiml/step.hpp"
#include "twiml/stream.hpp"

namespace belfry::twiml {

class Session;

/// `<Connect>`: a bidirectional media stream; blocks until it ends.
struct Connect {
  std::optional<std::string> action;
  std::string method = "POST";
  std::optional<Stream> stream;  // absent: a noun that is not available here
};

/// Findings: 13750 for VirtualAgent, Room, Conversation, ConversationRelay, AiSession.
Connect read_connect(const Element& element, Findings& findings);
base::Task<Step> execute(const Connect& connect, Session& session);

}  // namespace belfry::twiml
