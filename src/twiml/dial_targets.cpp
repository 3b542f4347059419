#include "twiml/dial_targets.hpp"

#include "base/encoding.hpp"
#include "call/number_directory.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

using call::Party;

/// The dial itself ends a call that lasts too long.
constexpr std::chrono::seconds longest_child = std::chrono::hours(24);

bool is_number(std::string_view text) {
  const auto party = Party::parse(text);
  return party && party->kind == Party::Kind::telephone;
}

class TargetMaker {
 public:
  TargetMaker(const Dial& dial, Session& session) : dial_(dial), session_(session) {}

  std::optional<DialTarget> operator()(const Number& number) const {
    if (number.number.empty()) return std::nullopt;
    const auto caller = caller_for_numbers();
    if (!caller) return std::nullopt;
    DialTarget target = make({Party::Kind::telephone, number.number}, number.options);
    target.call.from = *caller;
    target.call.send_digits = number.send_digits;
    return target;
  }

  std::optional<DialTarget> operator()(const Client& client) const {
    if (client.identity.empty()) return std::nullopt;
    DialTarget target = make({Party::Kind::client, client.identity}, client.options);
    for (const Parameter& parameter : client.parameters)
      target.call.party_terms.parameters.emplace_back(parameter.name, parameter.value);
    return target;
  }

  std::optional<DialTarget> operator()(const Sip& sip) const {
    if (sip.uri.empty()) return std::nullopt;
    std::string address = sip.uri.substr(sip.uri.find(':') + 1);
    const bool secure = sip.uri[3] == 's' || sip.uri[3] == 'S';
    if (secure && address.find(";transport=") == std::string::npos) address += ";transport=tls";
    DialTarget target = make({Party::Kind::sip, std::move(address)}, sip.options);
    target.is_sip = true;
    target.call.party_terms = {sip.headers, sip.username, sip.password, {}};
    return target;
  }

  std::optional<DialTarget> operator()(const Application& application) const {
    if (application.sid.empty()) return std::nullopt;
    auto program = program_of(application);
    if (!program) return std::nullopt;
    DialTarget target = make({Party::Kind::application, application.sid}, application.options);
    target.call.program = std::move(*program);
    if (!application.options.url.empty())
      session_.warn(12200, "url of <Application> is not used: the application says what happens");
    target.whisper_url.clear();
    return target;
  }

  // They are alone in their <Dial>, and no parties.
  std::optional<DialTarget> operator()(const Conference&) const { return std::nullopt; }
  std::optional<DialTarget> operator()(const Queue&) const { return std::nullopt; }

 private:
  DialTarget make(Party to, const NounOptions& options) const {
    DialTarget target;
    call::PlaceCall& call = target.call;
    call.to = std::move(to);
    call.from = dial_.caller_id.empty() ? session_.voice().record().from : dial_.caller_id;
    call.direction = call::LegRecord::Direction::outbound_dial;
    call.account_sid = session_.voice().record().account_sid;
    call.parent_sid = session_.voice().record().sid;
    call.application = session_.voice().record().application;
    call.ring_timeout = dial_.timeout;
    call.max_duration = longest_child;
    call.status_callback.url = absolute(options.status_callback.url);
    call.status_callback.method = options.status_callback.method;
    call.status_callback.events = options.status_callback.events;
    call.status_callback.own_application = session_.is_own(call.status_callback.url);
    call.machine_detection = options.detection;
    call.machine_detection.callback_url = absolute(options.detection.callback_url);
    target.whisper_url = absolute(options.url);
    target.whisper_method = options.method;
    return target;
  }

  /// What the application does with its call; its first request has the parameters of the noun.
  std::optional<call::ProgramSpec> program_of(const Application& noun) const {
    const call::LegRecord& caller = session_.voice().record();
    const call::NumberDirectory* directory = session_.voice().leg()->services().directory;
    const call::Document* document =
        directory == nullptr ? nullptr : directory->application(noun.sid);
    // That of another account does not exist (rule H6).
    const bool known = document != nullptr && document->tag == caller.account_sid;
    auto entry = known ? call::NumberDirectory::answering(document->value) : std::nullopt;
    if (!entry) {
      session_.warn(13215, "there is no application " + noun.sid + " with a voice URL");
      return std::nullopt;
    }
    base::json::object parameters;
    for (const Parameter& parameter : noun.parameters) parameters[parameter.name] = parameter.value;
    if (!noun.customer_id.empty()) parameters["CustomerId"] = noun.customer_id;
    if (noun.copy_parent_to) {
      parameters["To"] = caller.to;
      parameters["Called"] = caller.to;
    }
    parameters["ApplicationSid"] = noun.sid;
    entry->program.parameters["parameters"] = std::move(parameters);
    return std::move(entry->program);
  }

  /// Empty when it names nothing, or nothing that can be reached.
  std::string absolute(const std::string& reference) const {
    if (reference.empty()) return {};
    auto url = session_.resolve(reference);
    if (url) return std::move(*url);
    session_.warn(url.error().detail, url.error().message);
    return {};
  }

  std::optional<std::string> caller_for_numbers() const {
    const std::string& own = session_.voice().record().from;
    if (is_number(dial_.caller_id)) return dial_.caller_id;
    if (!dial_.caller_id.empty()) session_.warn(13214, "callerId is no telephone number");
    if (!own.starts_with("client:")) return own;
    session_.note_error(13214, "a client that dials a number needs a callerId");
    return std::nullopt;
  }

  const Dial& dial_;
  Session& session_;
};

}  // namespace

std::vector<DialTarget> make_targets(const Dial& dial, Session& session) {
  std::vector<DialTarget> targets;
  const TargetMaker maker(dial, session);
  for (const Dial::Noun& noun : dial.nouns)
    if (auto target = std::visit(maker, noun)) targets.push_back(std::move(*target));
  return targets;
}

}  // namespace belfry::twiml
