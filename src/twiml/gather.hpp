#pragma once
#include <variant>

#include "twiml/pause.hpp"
#include "twiml/play.hpp"
#include "twiml/say.hpp"

namespace belfry::twiml {

/// `<Gather>`: collects keys (or speech) while its nested verbs prompt for them.
struct Gather {
  using Prompt = std::variant<Say, Play, Pause>;

  bool dtmf = true;
  bool speech = false;
  std::optional<std::string> action;  // absent: the current document again
  std::string method = "POST";
  std::chrono::seconds timeout{5};
  std::optional<char> finish_on_key = '#';
  std::optional<std::uint32_t> num_digits;
  bool action_on_empty_result = false;
  std::optional<std::chrono::seconds> speech_timeout;  // absent: auto or `timeout`
  std::chrono::seconds max_speech_time{60};
  std::vector<std::string> hints;
  std::string language = "en-US";
  std::string partial_result_callback;
  std::string partial_result_callback_method = "POST";
  bool profanity_filter = true;
  std::string speech_model = "default";
  bool enhanced = false;
  bool barge_in = true;  // of speech; a key always interrupts
  std::vector<Prompt> prompt;
};

/// Findings: 13310 … 13335; 13338 stops the document.
Gather read_gather(const Element& element, Findings& findings);
base::Task<Step> execute(const Gather& gather, Session& session);

}  // namespace belfry::twiml
