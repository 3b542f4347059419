#include "twiml/unavailable.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {
base::Task<Step> skip(std::string_view name, Answers answers, Session& session) {
  session.warn(13750, "<" + std::string(name) + "> is not available here and was skipped");
  if (answers == Answers::no) co_return NextVerb{};
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  co_return NextVerb{};
}

base::Task<Step> execute(const Unavailable& verb, Session& session) {
  return skip(verb.name, Answers::yes, session);
}

}  // namespace belfry::twiml
