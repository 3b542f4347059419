#include "twiml/connect.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {

Connect read_connect(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Connect connect;
  connect.action = reader.optional_text("action");
  connect.method = reader.method("method", 13210);
  reader.report_unknown_attributes();
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    const bool known = child.name == "VirtualAgent" || child.name == "Room" ||
                       child.name == "Conversation" || child.name == "ConversationRelay" ||
                       child.name == "AiSession";
    if (child.name == "Stream" && !connect.stream) {
      connect.stream = read_stream(child, findings, StreamUse::connect);
    } else {
      report_misplaced(child, element, findings, known ? 13750 : 12200);
    }
  }
  return connect;
}

base::Task<Step> execute(const Connect& connect, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  if (!connect.stream) {
    session.warn(13750, "<Connect> has nothing that is available here and was skipped");
    co_return NextVerb{};
  }
  base::Task<void> streaming = connect_stream(*connect.stream, session);
  co_await std::move(streaming);
  if (!connect.action) co_return NextVerb{};
  co_return session.transfer(connect.action, connect.method, Session::Purpose::action);
}

}  // namespace belfry::twiml
