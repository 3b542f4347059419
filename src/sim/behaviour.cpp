#include "sim/behaviour.hpp"

#include <array>

#include "base/text.hpp"

namespace belfry::sim {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::json::value;

constexpr std::array<std::string_view, 7> on_call_words = {
    "answer", "busy", "reject", "no-answer", "unreachable", "voicemail", "person"
};
constexpr std::size_t max_steps = 100;
constexpr std::size_t max_text = 4096;
constexpr double max_wait_ms = 24 * 3600 * 1000.0;

std::unexpected<base::Error> wrong(std::string_view member, std::string_view expected) {
  return fail(Errc::invalid_argument, std::string(member) + " must be " + std::string(expected));
}

Result<double> read_number(
    const value& member, std::string_view name, double lowest, double highest
) {
  boost::system::error_code error;
  const double number = member.to_number<double>(error);
  if (error || number < lowest || number > highest) {
    return wrong(
        name, "a number from " + std::to_string(static_cast<long long>(lowest)) + " to " +
                  std::to_string(static_cast<long long>(highest))
    );
  }
  return number;
}

Result<std::chrono::milliseconds> read_ms(const value& member, std::string_view name) {
  BELFRY_TRY(number, read_number(member, name, 0, max_wait_ms));
  return std::chrono::milliseconds(static_cast<std::int64_t>(number));
}

Result<std::string> read_text(const value& member, std::string_view name) {
  const auto* text = member.if_string();
  if (text == nullptr || text->size() > max_text)
    return wrong(name, "a text of at most 4096 characters");
  return std::string(text->c_str(), text->size());
}

Result<bool> read_flag(const value& member, std::string_view name) {
  const bool* flag = member.if_bool();
  if (flag == nullptr) return wrong(name, "true or false");
  return *flag;
}

bool are_keys(std::string_view keys) {
  return !keys.empty() && keys.find_first_not_of("0123456789ABCD*#wW") == std::string_view::npos;
}

bool is_file_name(std::string_view name) {
  return !name.empty() && !name.starts_with('.') &&
         name.find_first_of("/\\") == std::string_view::npos;
}

Result<> read_step_member(ScriptStep& step, std::string_view key, const value& member) {
  if (key == "after_speech") {
    BELFRY_TRY(flag, read_flag(member, key));
    step.after_speech = flag;
  } else if (key == "after_ms") {
    BELFRY_TRY(wait, read_ms(member, key));
    step.after = wait;
  } else if (key == "press") {
    BELFRY_TRY(keys, read_text(member, key));
    if (!are_keys(keys)) return wrong("press", "keys of 0-9 A-D * # w");
    step.press = keys;
  } else if (key == "say") {
    BELFRY_TRY(text, read_text(member, key));
    step.say = text;
  } else if (key == "play") {
    BELFRY_TRY(name, read_text(member, key));
    if (!is_file_name(name))
      return wrong("play", "the name of a file in the simulator's audio folder");
    step.play = name;
  } else if (key == "tone_hz") {
    BELFRY_TRY(hz, read_number(member, key, 20, 3800));
    step.tone_hz = hz;
  } else if (key == "ms") {
    BELFRY_TRY(length, read_ms(member, key));
    step.tone_length = length;
  } else if (key == "hang_up") {
    BELFRY_TRY(flag, read_flag(member, key));
    step.hang_up = flag;
  } else {
    return fail(Errc::invalid_argument, "a script step has no member \"" + std::string(key) + "\"");
  }
  return {};
}

Result<std::vector<ScriptStep>> read_script(const value& member) {
  const auto* steps = member.if_array();
  if (steps == nullptr || steps->size() > max_steps)
    return wrong("script", "a list of at most 100 steps");
  std::vector<ScriptStep> script;
  for (const value& item : *steps) {
    const auto* members = item.if_object();
    if (members == nullptr) return wrong("script", "a list of objects");
    ScriptStep& step = script.emplace_back();
    for (const auto& entry : *members) {
      BELFRY_CHECK(read_step_member(step, entry.key(), entry.value()));
    }
  }
  return script;
}

Result<NetworkConditions> read_network(const value& member) {
  const auto* members = member.if_object();
  if (members == nullptr) return wrong("network", "an object");
  NetworkConditions network;
  for (const auto& entry : *members) {
    const std::string_view key = entry.key();
    if (key == "loss") {
      BELFRY_TRY(loss, read_number(entry.value(), key, 0, 1));
      network.loss = loss;
    } else if (key == "jitter_ms") {
      BELFRY_TRY(jitter, read_ms(entry.value(), key));
      network.jitter = jitter;
    } else if (key == "delay_ms") {
      BELFRY_TRY(delay, read_ms(entry.value(), key));
      network.delay = delay;
    } else if (key == "one_way") {
      BELFRY_TRY(word, read_text(entry.value(), key));
      if (word != "in" && word != "out") return wrong(key, "\"in\" or \"out\"");
      network.one_way =
          word == "in" ? NetworkConditions::OneWay::in : NetworkConditions::OneWay::out;
    } else {
      return fail(Errc::invalid_argument, "network has no member \"" + std::string(key) + "\"");
    }
  }
  return network;
}

Result<MessageReaction> read_reaction(const value& member) {
  const auto* members = member.if_object();
  if (members == nullptr) return wrong("on_message", "an object");
  MessageReaction reaction;
  for (const auto& entry : *members) {
    const std::string_view key = entry.key();
    if (key == "reply") {
      BELFRY_TRY(text, read_text(entry.value(), key));
      reaction.reply = text;
    } else if (key == "after_ms") {
      BELFRY_TRY(wait, read_ms(entry.value(), key));
      reaction.reply_after = wait;
    } else if (key == "error") {
      BELFRY_TRY(code, read_number(entry.value(), key, 30001, 30010));
      reaction.error = static_cast<int>(code);
    } else {
      return fail(Errc::invalid_argument, "on_message has no member \"" + std::string(key) + "\"");
    }
  }
  return reaction;
}

base::json::object reaction_to_json(const MessageReaction& reaction) {
  base::json::object result;
  if (!reaction.reply.empty()) {
    result["reply"] = reaction.reply;
    result["after_ms"] = reaction.reply_after.count();
  }
  if (reaction.error != 0) result["error"] = reaction.error;
  return result;
}

base::json::object step_to_json(const ScriptStep& step) {
  base::json::object result;
  if (step.after_speech) result["after_speech"] = true;
  if (step.after) result["after_ms"] = step.after->count();
  if (!step.press.empty()) result["press"] = step.press;
  if (!step.say.empty()) result["say"] = step.say;
  if (!step.play.empty()) result["play"] = step.play;
  if (step.tone_hz > 0) result["tone_hz"] = step.tone_hz;
  if (step.tone_length.count() > 0) result["ms"] = step.tone_length.count();
  if (step.hang_up) result["hang_up"] = true;
  return result;
}

base::json::object network_to_json(const NetworkConditions& network) {
  base::json::object result{
      {"loss", network.loss},
      {"jitter_ms", network.jitter.count()},
      {"delay_ms", network.delay.count()}
  };
  if (network.one_way != NetworkConditions::OneWay::no) {
    result["one_way"] = network.one_way == NetworkConditions::OneWay::in ? "in" : "out";
  }
  return result;
}

}  // namespace

Result<Behaviour> Behaviour::from_json(const value& document) {
  const auto* members = document.if_object();
  if (members == nullptr)
    return fail(Errc::invalid_argument, "a phone's behaviour is a JSON object");
  Behaviour behaviour;
  for (const auto& entry : *members) {
    const std::string_view key = entry.key();
    if (key == "on_call") {
      BELFRY_TRY(word, read_text(entry.value(), key));
      const auto found = std::ranges::find(on_call_words, word);
      if (found == on_call_words.end()) {
        return wrong(key, "one of answer, busy, reject, no-answer, unreachable, voicemail, person");
      }
      behaviour.on_call = static_cast<OnCall>(found - on_call_words.begin());
    } else if (key == "answer_after_ms") {
      BELFRY_TRY(wait, read_ms(entry.value(), key));
      behaviour.answer_after = wait;
    } else if (key == "script") {
      BELFRY_TRY(script, read_script(entry.value()));
      behaviour.script = std::move(script);
    } else if (key == "network") {
      BELFRY_TRY(network, read_network(entry.value()));
      behaviour.network = network;
    } else if (key == "on_message") {
      BELFRY_TRY(reaction, read_reaction(entry.value()));
      behaviour.on_message = std::move(reaction);
    } else if (key != "number") {  // as in the configuration file, where it names the phone
      return fail(
          Errc::invalid_argument, "a phone's behaviour has no member \"" + std::string(key) + "\""
      );
    }
  }
  return behaviour;
}

base::json::object Behaviour::to_json() const {
  base::json::array steps;
  for (const ScriptStep& step : script) steps.push_back(step_to_json(step));
  base::json::object result{
      {"on_call", on_call_words.at(static_cast<std::size_t>(on_call))},
      {"answer_after_ms", answer_after.count()},
      {"script", std::move(steps)},
      {"network", network_to_json(network)}
  };
  if (on_message != MessageReaction()) result["on_message"] = reaction_to_json(on_message);
  return result;
}

}  // namespace belfry::sim
