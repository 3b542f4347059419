#include "gateway/media/plane.hpp"

#include "gateway/media/srtp_wire.hpp"
#include "media/player.hpp"

namespace belfry::gateway::media {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

Recorder::Drive recorder_drive(Plane::Settings::Drive drive) {
  return drive == Plane::Settings::Drive::thread ? Recorder::Drive::thread
                                                 : Recorder::Drive::by_owner;
}

}  // namespace

Plane::Plane(base::Loop& loop, base::Random& random, Settings settings)
    : loop_(loop),
      random_(random),
      settings_(settings),
      recorder_(recorder_drive(settings.drive), recording_ended()) {
  if (settings_.drive != Settings::Drive::thread) return;
  worker_.on_report([this] { loop_.post_from_any_thread([this] { drain_reports(); }); });
  thread_ = std::thread([this] {
    const base::SystemClock clock;
    worker_.run(clock, stopping_);
  });
}

Plane::~Plane() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  worker_.wake();
  thread_.join();
}

call::SeatId Plane::add(std::unique_ptr<Wire> wire) {
  const call::SeatId id{++last_id_};
  Seat::Settings settings;
  settings.id = id;
  settings.random_seed = random_.next();
  settings.media_timeout = settings_.media_timeout;
  seats_[id] = {};
  submit(AddSeat{std::make_unique<Seat>(settings, std::move(wire))});
  return id;
}

base::Result<Plane::NetworkSeat> Plane::open_network_seat(std::optional<std::uint16_t> port) {
  const UdpWire::Range ports =
      port ? UdpWire::Range{*port, static_cast<std::uint16_t>(*port + 1)} : settings_.ports;
  BELFRY_TRY(wire, UdpWire::open(settings_.local, ports, random_));
  const std::uint16_t opened = wire->port();
  return NetworkSeat{add(std::make_unique<SrtpWire>(std::move(wire))), opened};
}

void Plane::add_port(std::unique_ptr<SharedPort> port) {
  submit(AddPort{std::move(port)});
}

call::SeatId Plane::open_seat(std::unique_ptr<Wire> wire, std::function<void(Connection)> tell) {
  const call::SeatId seat = add(std::move(wire));
  seats_[seat].tell_connection = std::move(tell);
  return seat;
}

void Plane::order(call::SeatId seat, std::unique_ptr<WireOrder> order) {
  submit(OrderWire{seat, std::move(order)});
}

Plane::LinkedSeats Plane::open_linked_seats(
    LinkQuality to_phone, LinkQuality to_leg, std::uint64_t seed
) {
  auto [leg, phone] = make_modelled_network(to_phone, to_leg, seed);
  const call::SeatId leg_seat = add(std::move(leg));
  return {leg_seat, add(std::move(phone))};
}

void Plane::set_terms(call::SeatId seat, const MediaTerms& terms) {
  const auto found = seats_.find(seat);
  if (found == seats_.end()) return;
  found->second.rate = describe(terms.codec).rate;
  submit(SetCoding{seat, std::make_unique<Coding>(terms)});
}

void Plane::close_seat(call::SeatId seat) {
  if (seats_.erase(seat) > 0) submit(RemoveSeat{seat});
}

void Plane::listen(call::SeatId seat, call::SeatListener* listener) {
  if (const auto found = seats_.find(seat); found != seats_.end())
    found->second.listener = listener;
}

call::PlaybackId Plane::play(call::SeatId seat, call::Playback playback) {
  const call::PlaybackId id{++last_id_};
  const auto found = seats_.find(seat);
  if (found == seats_.end()) return id;
  if (auto* clip = std::get_if<call::ClipPlayback>(&playback)) {
    const belfry::media::SampleRate rate = found->second.rate;
    clip->clip = clip->sound == 0 ? clip_rates_.at_rate(clip->clip, rate)
                                  : found->second.pieces.at_rate(clip->clip, rate, clip->sound);
  }
  submit(Play{seat, id, std::move(playback)});
  return id;
}

void Plane::stop_playing(call::SeatId seat) {
  submit(StopPlaying{seat});
}
void Plane::connect(call::SeatId one, call::SeatId other) {
  submit(Connect{one, other});
}
void Plane::disconnect(call::SeatId seat) {
  submit(Disconnect{seat});
}
void Plane::watch_speech(call::SeatId seat) {
  submit(WatchSpeech{seat});
}
void Plane::watch_beep(call::SeatId seat) {
  submit(WatchBeep{seat});
}
void Plane::press(call::SeatId seat, char key) {
  submit(PressKey{seat, key});
}
void Plane::loop_back(call::SeatId seat) {
  submit(LoopBack{seat});
}

base::Task<call::SeatStatistics> Plane::statistics(call::SeatId seat) {
  base::Completion<call::SeatStatistics> answer(loop_);
  const std::uint64_t question = ++last_id_;
  questions_.emplace(question, answer.resolver());
  submit(AskStatistics{seat, question});
  co_return co_await answer.wait();
}

void Plane::when_over(call::SeatId seat, std::function<void(const call::SeatStatistics&)> told) {
  if (seats_.contains(seat)) told_when_over_[seat] = std::move(told);
}

void Plane::tell_over(const Seat& seat) {
  const auto told = told_when_over_.extract(seat.id());
  if (!told.empty()) told.mapped()(seat.statistics(loop_.now()));
}

void Plane::step() {
  worker_.step(loop_.now());
  drain_reports();
  recorder_.drain();
}

std::optional<base::Instant> Plane::next_step() const {
  return worker_.next_step();
}

void Plane::submit(Command command) {
  // The queue holds far more than a tick's worth; a full one means that the worker is behind, and
  // waiting for it is what keeps the queue bounded.
  while (!worker_.submit(command)) {
    if (settings_.drive == Settings::Drive::by_owner) {
      worker_.step(loop_.now());
    } else {
      worker_.wake();
      std::this_thread::yield();
    }
  }
}

void Plane::drain_reports() {
  while (auto report = worker_.take_report()) handle(*report);
  deliver_taps();
}

call::SeatListener* Plane::listener_of(call::SeatId seat) const {
  const auto found = seats_.find(seat);
  return found == seats_.end() ? nullptr : found->second.listener;
}

void Plane::handle(Report& report) {
  const auto tell = [this](call::SeatId seat, auto&& say) {
    if (call::SeatListener* listener = listener_of(seat)) say(*listener);
  };
  std::visit(
      Overloaded{
          [&](PlaybackStarted& what) {
            tell(what.seat, [&](call::SeatListener& listener) {
              listener.on_playback_started(what.playback);
            });
          },
          [&](PlaybackFinished& what) {
            tell(what.seat, [&](call::SeatListener& listener) {
              listener.on_playback_finished(what.playback);
            });
          },
          [&](DigitHeard& what) {
            tell(what.seat, [&](call::SeatListener& listener) {
              listener.on_seat_digit(what.digit);
            });
          },
          [&](MediaTimedOut& what) {
            tell(what.seat, [](call::SeatListener& listener) { listener.on_media_timeout(); });
          },
          [&](SpeechChanged& what) {
            tell(what.seat, [&](call::SeatListener& listener) {
              listener.on_speech(what.speaking);
            });
          },
          [&](RoomPlaybackFinished& what) { this->tell(what); },
          [&](BeepHeard& what) {
            tell(what.seat, [&](call::SeatListener& listener) { listener.on_beep(what.hz); });
          },
          [&](StatisticsAnswer& answer) {
            const auto asked = questions_.extract(answer.question);
            if (!asked.empty()) asked.mapped()(std::move(answer.statistics));
          },
          [&](TapReleased& released) { release(released.tap); },
          [&](ConnectionChanged& what) {
            const auto found = seats_.find(what.seat);
            if (found == seats_.end() || !found->second.tell_connection) return;
            const auto told = found->second.tell_connection;  // which may close the seat
            told(what.connection);
          },
          [&](Retired& retired) {
            if (retired.seat) tell_over(*retired.seat);  // all is freed here, on the control thread
          },
      },
      report
  );
}

}  // namespace belfry::gateway::media
