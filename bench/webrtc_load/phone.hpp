#pragma once
#include <memory>
#include <string>

#include "base/json.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "http/websocket.hpp"
#include "webrtc_load/description.hpp"
#include "webrtc_load/plan.hpp"

namespace belfry::bench {

class Phone;

/// Hears of phones. On the control thread, from inside their tasks.
class PhoneListener {
 public:
  virtual ~PhoneListener() = default;
  /// It may call and, where its role says so, be called.
  virtual void on_ready(Phone& phone) = 0;
  /// @param waited from its invitation on; nothing for one that was called
  virtual void on_answered(Phone& phone, std::optional<base::Duration> waited) = 0;
  virtual void on_media(Phone& phone, LegTerms terms) = 0;
  virtual void on_failed(Phone& phone, std::string why) = 0;
};

/// The signalling of one page: the SDK's messages on a socket of its own. Control thread.
class Phone {
 public:
  /// The loop, page, random numbers and listener outlive it.
  Phone(
      std::size_t number, const Page& page, base::Loop& loop, base::Random& random,
      std::string fingerprint, PhoneListener& listener
  );
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  /// Until the socket ends, by whichever side.
  base::Task<void> run(http::WebSocketClient& client, http::WebSocketRequest request);
  void call();
  /// Ends its call, if any.
  void hang_up();

  std::size_t number() const { return number_; }
  const Page& page() const { return page_; }

 private:
  void handle(const std::string& frame);
  void handle(std::string_view type, const base::json::object& payload);
  void take_answer(std::string_view type, const base::json::object& payload);
  void take_invitation(const base::json::object& payload);
  void say(std::string_view type, base::json::object payload);
  void fail(std::string why);

  std::size_t number_;
  const Page& page_;
  base::Loop& loop_;
  base::Random& random_;
  OwnMedia own_;
  PhoneListener& listener_;
  std::unique_ptr<http::WebSocket> socket_;
  std::string call_sid_;
  std::optional<base::Instant> invited_;
  bool has_media_ = false, ending_ = false, failed_ = false;
};

}  // namespace belfry::bench
