#include "call/caller_id_validation.hpp"

#include "base/ids.hpp"
#include "base/wait.hpp"
#include "call/json_members.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

constexpr int max_tries = 3;
constexpr base::Duration time_for_code = 20s;
constexpr std::chrono::seconds longest_call = 3min;

/// Keys until there are as many as the code has.
base::Task<std::string> read_keys(Leg& leg, std::size_t count) {
  std::string keys;
  while (keys.size() < count) keys += co_await leg.next_digit();
  co_return keys;
}

}  // namespace

base::Task<base::Result<CallerIdValidations::Begun>> CallerIdValidations::begin(
    CallerIdRequest request
) {
  BELFRY_CO_TRY(party, Party::parse(request.phone_number));
  Begun begun;
  for (int i = 0; i < 6; ++i) begun.code += static_cast<char>('0' + environment_.random.below(10));
  PlaceCall call;
  call.to = std::move(party);
  call.from = environment_.from;
  call.account_sid = request.account_sid;
  call.max_duration = longest_call;
  if (!request.extension.empty()) call.send_digits = "WW" + request.extension;
  call.application = "caller-id-validation";
  call.program.kind = kind();
  call.program.parameters = {
      {"code", begun.code},
      {"phone_number", request.phone_number},
      {"friendly_name", request.friendly_name},
      {"callback", request.callback.to_json()},
  };
  const auto placed = co_await switchboard_->place(std::move(call));
  if (!placed) co_return base::fail(placed.error());
  begun.call_sid = placed->sid;
  co_return begun;
}

base::Task<void> CallerIdValidations::say(Leg& leg, std::string text) {
  Utterance utterance{text, "man", "en-US"};
  auto clip = co_await environment_.speech.synthesize(std::move(utterance));
  if (!clip) co_return;
  ClipPlayback playback{std::move(*clip), 1};
  Words words;
  words.text = std::move(text);
  co_await leg.play(std::move(playback), std::move(words));
}

base::Task<bool> CallerIdValidations::ask(Leg& leg, std::string code) {
  for (int i = 0; i < max_tries; ++i) {
    base::Task<void> asking = say(leg, "Please key in your validation code.");
    co_await std::move(asking);
    base::Task<std::string> reading = read_keys(leg, code.size());
    const auto keys =
        co_await base::with_time_limit(environment_.loop, std::move(reading), time_for_code);
    if (keys && *keys == code) co_return true;
    leg.forget_digits();
  }
  co_return false;
}

base::Task<void> CallerIdValidations::run(Leg& leg, ProgramSpec program) {
  const base::json::object terms = std::move(program.parameters);
  base::Task<bool> asking = ask(leg, text_member(terms, "code"));
  const bool proven = co_await std::move(asking);
  conclude(leg, terms, proven);
  std::string farewell = proven ? "Thank you. Your number is validated." : "That was not the code.";
  base::Task<void> saying = say(leg, std::move(farewell));
  co_await std::move(saying);
}

void CallerIdValidations::conclude(Leg& leg, const base::json::object& terms, bool proven) {
  const base::WallTime now = environment_.loop.wall_now();
  Changes changes;
  std::string sid;
  if (proven) {
    Document document;
    document.collection = collection;
    document.key = sid = base::make_sid("PN", environment_.random);
    document.tag = leg.record().account_sid;
    document.created = now;
    for (const auto* name : {"phone_number", "friendly_name"})
      document.value[name] = text_member(terms, name);
    document.value["account_sid"] = document.tag;
    changes.documents.push_back(std::move(document));
  }
  const auto callback = CallbackAddress::from_json(object_member(terms, "callback"));
  if (!callback.url.empty()) {
    FormFields fields{
        {"AccountSid", leg.record().account_sid},
        {"CallSid", leg.sid()},
        {"To", leg.record().to},
        {"From", leg.record().from},
        {"ApiVersion", "2010-04-01"},
        {"VerificationStatus", proven ? "success" : "failed"},
    };
    if (proven) fields.emplace_back("OutgoingCallerIdSid", sid);
    Delivery delivery = make_form_delivery(
        leg.record().account_sid, callback, "caller-id-validation", leg.sid(), fields,
        environment_.random, now
    );
    changes.deliveries.push_back(std::move(delivery));
  }
  if (changes.empty()) return;
  environment_.journal.commit_later(std::move(changes));
  environment_.outbox.wake();
}

}  // namespace belfry::call
