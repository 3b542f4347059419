#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sip/message.hpp"

namespace belfry::sip {

/// All that is needed to go on with a dialog in another process (rule R3: to end it after a
/// restart). Plain values, to be stored by the owner.
struct DialogSnapshot {
  std::string call_id;
  std::string local_tag, remote_tag;
  std::string local_party, remote_party;  // From and To of our requests, with tags
  std::string remote_target;              // a URI
  std::string local_contact;              // a Contact value
  std::vector<std::string> route_set;     // Route values, in the order in which we send them
  std::uint32_t local_cseq = 0;
  std::optional<std::uint32_t> remote_cseq;
  bool operator==(const DialogSnapshot&) const = default;
};

/// A dialog (RFC 3261 section 12): who, where to, and which request comes next. An early one and a
/// confirmed one look the same; which it is, is the session's matter. No clock, one thread.
class Dialog {
 public:
  /// Our INVITE got a response with a To tag (101..299).
  /// Without a usable Contact the target stays the Request-URI.
  /// @return Errc::malformed when From, To or Record-Route cannot be used.
  [[nodiscard]] static base::Result<Dialog> of_uac(
      const Message& invite, const Message& response, std::string_view local_contact
  );
  /// We are called. @param local_tag what our responses will carry.
  [[nodiscard]] static base::Result<Dialog> of_uas(
      const Message& invite, std::string_view local_tag, std::string_view local_contact
  );
  static Dialog restore(DialogSnapshot snapshot) { return Dialog(std::move(snapshot)); }
  const DialogSnapshot& snapshot() const { return state_; }

  const std::string& call_id() const { return state_.call_id; }
  const std::string& local_tag() const { return state_.local_tag; }
  const std::string& remote_tag() const { return state_.remote_tag; }
  const std::string& remote_target() const { return state_.remote_target; }
  std::uint32_t local_cseq() const { return state_.local_cseq; }
  /// The URI whose host a request goes to by RFC 3261 section 8.1.2: the first route, else the
  /// target. The owner may know better (rule S2: the leg's own flow).
  std::string next_hop() const;

  /// Call-ID and both tags fit (rule S8), for a request or a response from the other end.
  bool matches(const Message& message) const;

  /// Takes the CSeq of a request that `matches`. Not for ACK and CANCEL, which repeat a number.
  /// @return Errc::refused with detail 500 when the number is not higher than the last.
  [[nodiscard]] base::Result<> take_request(const Message& request);
  /// The Contact of an INVITE or UPDATE that succeeded, request or 2xx, is the new target.
  void take_target(const Message& message);

  /// Requests were sent and taken in the early dialog that this one has grown out of: numbers go
  /// on.
  void continue_numbers(const Dialog& early);

  /// The next request of ours, without Via; go on with add/body, then build. Not for ACK, CANCEL.
  MessageBuilder request(Method method);
  /// The same with a CSeq that is known already, for ACK (of the INVITE with that number).
  MessageBuilder request(Method method, std::uint32_t cseq) const;

 private:
  explicit Dialog(DialogSnapshot state) : state_(std::move(state)) {}

  DialogSnapshot state_;
};

}  // namespace belfry::sip
