#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sdp/negotiation.hpp"

namespace belfry::sdp {

/// What a complete round agreed.
struct Agreement {
  std::optional<AudioStream> audio;  // of several tracks the first that is taken
  std::vector<AudioStream> tracks;   // of `Capabilities::tracks` those that are; by `media_index`
  bool operator==(const Agreement&) const = default;
};

/// Our end of all offer/answer rounds of one call (RFC 3264 section 8): keeps the session id, the
/// version (raised only when our description changes), the m-lines agreed so far, which payload
/// type means which codec, and the last agreement, which stands while a round is open or when it
/// fails. No clock, one thread.
class OfferAnswer {
 public:
  /// @param session_id decimal digits for the `o=` line, from the caller so that runs repeat.
  OfferAnswer(Capabilities local, std::string session_id);

  /// Our next offer, with what we wanted last: at first all codecs, later (re-INVITE, also one that
  /// came without SDP) the agreed codec first under its known number. Opens a round.
  Description offer() { return offer(wanted_); }
  Description offer(Direction wanted);
  /// The offer of the open round was refused or crossed another: the last agreement stands, and
  /// what we wanted then.
  void abandon_offer();
  bool offer_is_open() const { return open_offer_.has_value(); }
  /// Closes the open round. On an error the round is closed too and the last agreement stands.
  [[nodiscard]] base::Result<> apply_answer(const Description& answer);

  /// Answers the other end's offer, with what we wanted last. On an error nothing changed.
  [[nodiscard]] base::Result<Description> answer(const Description& offer) {
    return answer(offer, wanted_);
  }
  [[nodiscard]] base::Result<Description> answer(const Description& offer, Direction wanted);

  /// What the last complete round agreed.
  const Agreement& agreement() const { return agreed_; }
  const std::optional<AudioStream>& audio() const { return agreed_.audio; }
  /// The last description of ours that was agreed or answered with; to repeat it.
  const std::optional<Description>& local() const { return local_; }
  Direction wanted() const { return wanted_; }

 private:
  Capabilities capabilities_to_offer() const;
  void renew_keys();
  std::vector<PayloadFormat> formats_to_offer();
  std::uint8_t number_for(const Codec& codec, std::uint8_t preferred);
  void remember_numbers(const Description& description);
  void set_origin(Description& description);
  bool has_new_key(const std::vector<AudioStream>& tracks) const;
  base::Result<Description> answer_with_tracks(const Description& offer);
  base::Result<Agreement> read_answer(const Description& offered, const Description& answer) const;

  Capabilities capabilities_;
  std::string session_id_;
  std::uint64_t version_ = 0;
  std::uint32_t key_generation_ = 0;
  Direction wanted_ = Direction::sendrecv;
  Direction agreed_wanted_ = Direction::sendrecv;  // when the last round closed well
  std::optional<Description> last_sent_;
  std::optional<Description> local_;
  std::optional<Description> open_offer_;
  Agreement agreed_;
  std::map<std::uint8_t, Codec> numbers_;
};

}  // namespace belfry::sdp
