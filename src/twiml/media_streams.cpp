#include "twiml/media_streams.hpp"

#include "base/ids.hpp"
#include "base/log.hpp"
#include "call/notifications.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"
#include "twiml/media_stream.hpp"
#include "twiml/parameters.hpp"
#include "twiml/stream_playout.hpp"
#include "twiml/url.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Result;
using base::Task;

constexpr base::Duration goodbye_time = 2s;
constexpr int max_complaints = 20;  // noted per stream: a timeline is not a log

constexpr std::uint16_t close_normal = 1000;
constexpr std::uint16_t close_going_away = 1001;
constexpr std::uint16_t close_without_code = 1005;

/// Twilio's code for how an application ended a socket; 0: as it should be.
int close_error(int code) {
  switch (code) {
    case close_normal:
    case close_going_away:
    case close_without_code:
      return 0;
    case 1002:  // RFC 6455 §7.4.1: protocol error, text that is none, too large
    case 1007:
    case 1009:
      return 31924;
    default:
      return 31921;
  }
}

}  // namespace

std::optional<call::Track> parse_track(std::string_view word) {
  if (word == "inbound_track") return call::Track::inbound;
  if (word == "outbound_track") return call::Track::outbound;
  if (word == "both_tracks") return call::Track::both;
  return std::nullopt;
}

/// One stream and all that it touches. Its task serves it; the leg's program may hold it too.
class MediaStreams::Running final : public call::AudioTap, public call::PlaybackWatcher {
 public:
  Running(call::Leg& leg, StreamOrder asked, MediaStream::Settings settings)
      : order(std::move(asked)),
        protocol(std::move(settings)),
        stop_asked(leg.loop()),
        ended(leg.loop()),
        leg_over(leg.milestones()),
        services_(leg.services()),
        seat_(leg.seat()) {}

  const std::string& sid() const { return protocol.settings().stream_sid; }
  const std::string& leg_sid() const { return protocol.settings().call_sid; }
  bool bidirectional() const { return protocol.settings().bidirectional; }

  void begin(std::unique_ptr<call::Socket> opened) {
    socket = std::move(opened);
    protocol.start();
    flush();
    tap_ = services_.media.add_tap(seat_, protocol.settings().track, this);
    report("stream-started");
    note("stream.started", {{"stream", sid()}, {"name", order.name}});
  }

  /// What the application is told last, then the socket to say goodbye with.
  std::unique_ptr<call::Socket> finish() {
    services_.media.remove_tap(tap_);
    if (bidirectional() && !left_) services_.media.stop_playing(seat_);
    protocol.stop();
    flush();
    report("stream-stopped");
    note("stream.stopped", {{"stream", sid()}});
    return std::move(socket);
  }

  void hear(std::string_view message) {
    if (left_) return;
    protocol.handle_message(message);
    while (auto event = protocol.poll_event())
      std::visit([this](auto& what) { handle(what); }, *event);
    play();
  }

  /// The leg's program has gone on: the seat is another's from now on.
  void leave() {
    if (std::exchange(left_, true)) return;
    services_.media.stop_playing(seat_);
    stop_asked.set();
  }

  void press(char digit) {
    protocol.handle_digit(digit);
    flush();
  }

  /// Ends the stream in the eyes of the application's owner.
  void fail(int code, const std::string& message) {
    complain(code, message);
    report("stream-error", std::to_string(code) + ": " + message);
  }

  // AudioTap
  void on_audio(
      call::Track track, base::Duration since_start, std::span<const std::int16_t> samples
  ) override {
    protocol.handle_audio(track, since_start, samples);
    flush();
  }
  // PlaybackWatcher
  void on_playback_over(call::PlaybackId playback) override {
    playout_.handle_finished(playback);
    play();
  }

  StreamOrder order;
  MediaStream protocol;
  base::Event stop_asked;
  base::Event ended;
  std::shared_ptr<call::Leg::Milestones> leg_over;  // may outlive the leg
  std::unique_ptr<call::Socket> socket;

 private:
  void handle(const MediaStream::Audio& audio) {
    if (!playout_.add_audio(audio.mulaw))
      complain(31930, "five minutes of audio wait to be played; more was discarded");
  }
  void handle(MediaStream::Mark& mark) {
    if (!playout_.add_mark(std::move(mark.name)))
      complain(31930, "1,000 marks wait; another was discarded");
  }
  void handle(const MediaStream::Clear&) {
    playout_.clear();
    services_.media.stop_playing(seat_);
  }
  void handle(const MediaStream::Complaint& what) { complain(what.code, what.message); }

  void play() {
    while (auto piece = playout_.next())
      playout_.handle_started(services_.media.play(seat_, std::move(*piece)));
    while (auto mark = playout_.poll_played_mark()) protocol.handle_mark_played(*mark);
    flush();
  }

  void flush() {
    while (auto message = protocol.poll_transmit()) {
      if (socket && !socket->send(*message) && !std::exchange(too_slow_, true))
        complain(31931, "the application reads too slowly, or has gone; audio was discarded");
    }
  }

  void complain(int code, const std::string& message) {
    if (++complaints_ > max_complaints) return;
    note("stream.error", {{"stream", sid()}, {"code", code}, {"message", message}});
    base::log::warning("stream.error", {{"call", leg_sid()}, {"code", code}});
    if (services_.notifications == nullptr) return;
    call::Problem problem{.account_sid = protocol.settings().account_sid, .call_sid = leg_sid()};
    problem.code = code;
    problem.message = message;
    problem.request_method = "GET";
    problem.request_url = url_for_people(order.url);
    services_.notifications->add(problem);
  }

  void note(std::string type, base::json::object data) {
    if (leg_over->over.is_set()) return;
    if (call::Leg* leg = services_.switchboard->find(leg_sid()))
      leg->note(std::move(type), std::move(data));
  }

  void report(std::string_view event, const std::string& error = {}) {
    if (order.status_callback.empty()) return;
    const base::WallTime now = services_.loop.wall_now();
    call::FormFields fields{
        {"AccountSid", protocol.settings().account_sid},
        {"CallSid", leg_sid()},
        {"StreamSid", sid()},
        {"StreamName", order.name},
        {"StreamEvent", std::string(event)},
    };
    if (!error.empty()) fields.emplace_back("StreamError", error);
    fields.emplace_back("Timestamp", base::to_rfc3339(now));
    call::Delivery delivery = form_delivery(
        protocol.settings().account_sid, order.status_callback, order.status_callback_method, fields
    );
    delivery.id = base::make_uuid(services_.random);
    delivery.order_key = sid();
    delivery.kind = "stream-callback";
    delivery.created = now;
    delivery.next_attempt = now;
    call::Changes changes;
    changes.deliveries.push_back(std::move(delivery));
    services_.journal.commit_later(std::move(changes));
    services_.outbox.wake();
  }

  call::Services& services_;
  call::SeatId seat_;
  call::TapId tap_;
  StreamPlayout playout_;
  bool left_ = false;
  bool too_slow_ = false;
  int complaints_ = 0;
};

/// Takes a stream out of the table when its task ends, however it does.
class MediaStreams::Leaving {
 public:
  Leaving(MediaStreams& streams, Running& stream) : streams_(streams), stream_(stream) {}
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;
  ~Leaving() {
    stream_.ended.set();
    streams_.running_.erase(stream_.sid());
  }

 private:
  MediaStreams& streams_;
  Running& stream_;
};

MediaStreams::MediaStreams(base::Loop& loop, call::SocketClient& sockets)
    : loop_(loop), sockets_(sockets), tasks_(loop) {}

MediaStreams::~MediaStreams() = default;

std::vector<MediaStreams::Running*> MediaStreams::of_leg(const std::string& leg_sid) const {
  std::vector<Running*> found;
  for (const auto& [sid, stream] : running_)
    if (stream->leg_sid() == leg_sid && !stream->bidirectional()) found.push_back(stream.get());
  return found;
}

std::shared_ptr<MediaStreams::Running> MediaStreams::add(
    call::Leg& leg, StreamOrder order, bool bidirectional
) {
  MediaStream::Settings settings;
  settings.account_sid = leg.record().account_sid;
  settings.call_sid = leg.sid();
  settings.stream_sid = base::make_sid("MZ", leg.services().random);
  settings.track = bidirectional ? call::Track::inbound : order.track;
  settings.bidirectional = bidirectional;
  settings.parameters = order.parameters;
  if (order.name.empty()) order.name = settings.stream_sid;
  auto stream = std::make_shared<Running>(leg, std::move(order), std::move(settings));
  running_.emplace(stream->sid(), stream);
  tasks_.spawn(serve(stream));
  return stream;
}

Result<std::string> MediaStreams::start(call::Leg& leg, StreamOrder order) {
  const std::vector<Running*> others = of_leg(leg.sid());
  if (others.size() >= max_background)
    return base::fail(Errc::refused, "a call has at most four media streams", 31960);
  for (const Running* other : others)
    if (!order.name.empty() && other->order.name == order.name)
      return base::fail(Errc::conflict, "a stream of this name runs already", 31960);
  return add(leg, std::move(order), false)->sid();
}

Result<std::string> MediaStreams::stop(const std::string& leg_sid, const std::string& sid_or_name) {
  for (Running* stream : of_leg(leg_sid))
    if (stream->sid() == sid_or_name || stream->order.name == sid_or_name) {
      stream->stop_asked.set();
      return stream->sid();
    }
  return base::fail(Errc::not_found, "no such stream");
}

namespace {

Task<void> wait_for(base::Event& event) {
  co_await event.wait();
}

}  // namespace

Task<void> MediaStreams::serve(std::shared_ptr<Running> stream) {
  const Leaving leaving(*this, *stream);
  // Until one of both: the leg is over, somebody stops the stream.
  const auto until_stopped = [](base::Loop& loop, std::shared_ptr<Running> of) -> Task<void> {
    Task<void> stopping = wait_for(of->stop_asked);
    Task<void> ending = wait_for(of->leg_over->over);
    co_await base::race(loop, std::move(stopping), std::move(ending));
  };
  call::SocketRequest request{
      stream->order.url, stream->protocol.settings().account_sid, MediaStream::max_message
  };
  auto opening = sockets_.open(std::move(request));
  Task<void> giving_up = until_stopped(loop_, stream);
  auto opened = co_await base::race(loop_, std::move(opening), std::move(giving_up));
  if (opened.index() == 1) co_return;
  auto socket = std::get<0>(std::move(opened));
  if (!socket) {
    stream->fail(socket.error().detail, socket.error().message);
    co_return;
  }
  stream->begin(std::move(*socket));
  Task<void> conversing = converse(*stream);
  Task<void> stopping = until_stopped(loop_, stream);
  co_await base::race(loop_, std::move(conversing), std::move(stopping));
  tasks_.spawn(say_goodbye(loop_, stream->finish()));
}

Task<void> MediaStreams::converse(Running& stream) {
  while (true) {
    Task<Result<std::string>> receiving = stream.socket->receive();
    const Result<std::string> message = co_await std::move(receiving);
    if (!message) {
      const int code = close_error(message.error().detail);
      if (code != 0)
        stream.fail(code, "the socket ended with " + std::to_string(message.error().detail));
      co_return;
    }
    stream.hear(*message);
  }
}

Task<void> MediaStreams::say_goodbye(base::Loop& loop, std::unique_ptr<call::Socket> socket) {
  Task<void> closing = socket->close(close_normal, loop.now() + goodbye_time);
  co_await std::move(closing);
}

MediaStreams::Connection::Connection(MediaStreams& streams, call::Leg& leg, StreamOrder order)
    : leg_(leg), stream_(streams.add(leg, std::move(order), true)) {
  leg_.watch_playbacks(stream_.get());
}

MediaStreams::Connection::~Connection() {
  leg_.watch_playbacks(nullptr);
  stream_->leave();
}

void MediaStreams::Connection::press(char digit) {
  stream_->press(digit);
}

Task<void> MediaStreams::Connection::ended() {
  auto stream = stream_;
  co_await stream->ended.wait();
}

}  // namespace belfry::twiml
