#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/wait.hpp"
#include "call/leg.hpp"
#include "call/media.hpp"
#include "call/socket.hpp"

namespace belfry::twiml {

/// A stream that is asked for.
struct StreamOrder {
  std::string name;  // empty: its SID
  std::string url;   // absolute, ws or wss
  call::Track track = call::Track::inbound;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string status_callback;  // absolute; empty: none
  std::string status_callback_method = "POST";
};

/// "inbound_track", "outbound_track", "both_tracks".
std::optional<call::Track> parse_track(std::string_view word);

/// The media streams of all legs: sends a leg's audio to users' applications by WebSocket, and for
/// `<Connect>` plays what they send back. A stream ends when the application closes, when it is
/// stopped or with its leg; the application is told ("stop", then close 1000). Everything that goes
/// wrong is noted in the leg's timeline with Twilio's code (319xx), and reported to the stream's
/// status callback where there is one. Outlives the switchboard. Control thread.
class MediaStreams {
 public:
  static constexpr std::size_t max_background = 4;  // per leg

  MediaStreams(base::Loop& loop, call::SocketClient& sockets);
  MediaStreams(const MediaStreams&) = delete;
  MediaStreams& operator=(const MediaStreams&) = delete;
  ~MediaStreams();

  /// One way, in the background of whatever the leg does.
  /// @return the stream's SID. Errc::refused 31960: the leg has four; Errc::conflict 31960: it has
  /// one of that name.
  base::Result<std::string> start(call::Leg& leg, StreamOrder order);
  /// A background stream by SID or name; it ends on a later turn. @return its SID, or
  /// Errc::not_found.
  base::Result<std::string> stop(const std::string& leg_sid, const std::string& sid_or_name);

  class Running;
  /// Both ways, for as long as this lives or the application keeps it open. Goes before the leg.
  class Connection {
   public:
    Connection(MediaStreams& streams, call::Leg& leg, StreamOrder order);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();
    void press(char digit);
    /// Until the stream has ended, whoever ended it.
    base::Task<void> ended();

   private:
    call::Leg& leg_;
    std::shared_ptr<Running> stream_;  // shared with the task that serves it
  };

 private:
  class Leaving;
  std::shared_ptr<Running> add(call::Leg& leg, StreamOrder order, bool bidirectional);
  base::Task<void> serve(std::shared_ptr<Running> stream);
  static base::Task<void> converse(Running& stream);
  static base::Task<void> say_goodbye(base::Loop& loop, std::unique_ptr<call::Socket> socket);
  std::vector<Running*> of_leg(const std::string& leg_sid) const;

  base::Loop& loop_;
  call::SocketClient& sockets_;
  std::map<std::string, std::shared_ptr<Running>> running_;  // by SID; shared with their tasks
  base::TaskGroup tasks_;
};

}  // namespace belfry::twiml
