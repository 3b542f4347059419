#pragma once
#include "call/side_document.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

/// Runs what conferences let their participants hear: waitUrl, HoldUrl, AnnounceUrl. Control
/// thread.
class TwimlSideDocuments final : public call::SideDocuments {
 public:
  /// What `environment` refers to outlives this.
  explicit TwimlSideDocuments(Environment environment) : environment_(std::move(environment)) {}
  base::Task<base::Result<>> play(call::Leg& leg, call::SideDocument document) override;
  base::Task<base::Result<>> play(call::SoundTarget& target, call::SideDocument document) override;

 private:
  base::Task<base::Result<>> run(Voice& voice, call::SideDocument document);

  Environment environment_;
};

}  // namespace belfry::twiml
