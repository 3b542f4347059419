#include "twiml/unavailable.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

enum class Answers { yes, no };

base::Task<Step> skip(std::string_view name, Answers answers, Session& session) {
  session.warn(13750, "<" + std::string(name) + "> is not available here and was skipped");
  if (answers == Answers::no) co_return NextVerb{};
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  co_return NextVerb{};
}

}  // namespace

base::Task<Step> execute(const Unavailable& verb, Session& session) {
  return skip(verb.name, Answers::yes, session);
}
base::Task<Step> execute(const Record&, Session& session) {
  return skip("Record", Answers::yes, session);
}
base::Task<Step> execute(const Dial& dial, Session& session) {
  const bool waits_for_bridge = dial.answer_on_bridge && session.may_stay_unanswered();
  return skip("Dial", waits_for_bridge ? Answers::no : Answers::yes, session);
}
base::Task<Step> execute(const Enqueue&, Session& session) {
  return skip("Enqueue", Answers::yes, session);
}
base::Task<Step> execute(const Leave&, Session& session) {
  return skip("Leave", Answers::no, session);
}
base::Task<Step> execute(const Refer&, Session& session) {
  return skip("Refer", Answers::no, session);
}
base::Task<Step> execute(const Connect&, Session& session) {
  return skip("Connect", Answers::yes, session);
}
base::Task<Step> execute(const Start&, Session& session) {
  return skip("Start", Answers::yes, session);
}
base::Task<Step> execute(const Stop&, Session& session) {
  return skip("Stop", Answers::yes, session);
}
base::Task<Step> execute(const Sms&, Session& session) {
  return skip("Sms", Answers::no, session);
}
base::Task<Step> execute(const Echo&, Session& session) {
  return skip("Echo", Answers::yes, session);
}

}  // namespace belfry::twiml
