#pragma once
#include <memory>
#include <optional>
#include <variant>

#include "base/wait.hpp"
#include "twiml/gather.hpp"
#include "twiml/speech_collector.hpp"

namespace belfry::twiml {

/// The half of a `<Gather>` that listens: until somebody has said something, nobody has, or a key
/// is pressed (then the rest is the keys'). Reports partial results. Goes before the session.
class GatherSpeech final : private call::RecognitionListener {
 public:
  GatherSpeech(const Gather& gather, Session& session);
  GatherSpeech(const GatherSpeech&) = delete;
  GatherSpeech& operator=(const GatherSpeech&) = delete;
  ~GatherSpeech() override;

  /// False, with a warning of the timeline, when nobody understands speech: it is silence then.
  bool open();
  /// @return what the prompt returned, if that is the end of the document.
  base::Task<Step> collect(base::Task<Step> prompt);
  const std::optional<char>& key() const { return key_; }
  /// Valid when there was no key.
  const SpeechCollector::Outcome& outcome() const { return *collector_.outcome(); }

 private:
  struct Speaking {
    bool speaking = false;
  };
  struct Finished {};
  struct Failed {};
  using News = std::variant<Speaking, call::Recognized, Finished, Failed>;

  void on_speaking(bool speaking) override;
  void on_recognized(const call::Recognized& result) override;
  void on_recognition_finished() override;
  void on_recognition_behind(base::Duration left_out) override;
  void on_recognition_failed(const base::Error& why) override;

  base::Result<> listen();
  base::Task<Step> run_prompt(base::Task<Step> prompt);
  base::Task<void> until_interrupted();
  base::Task<void> take_input();
  base::Task<void> take_key();
  base::Task<void> take_news();
  /// What has been heard goes to the collector.
  void handle_news();
  void report_partial(const std::string& unstable);

  const Gather& gather_;
  Session& session_;
  base::Loop& loop_;
  SpeechCollector collector_;
  std::optional<char> key_;
  std::optional<News> news_;
  std::uint64_t partial_results_ = 0;
  std::string partial_url_;
  base::Mailbox<News> arrived_;
  std::unique_ptr<call::Ears> ears_;
};

}  // namespace belfry::twiml
