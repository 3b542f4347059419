#pragma once
#include <map>
#include <string>

#include "base/loop.hpp"
#include "base/task.hpp"
#include "compat/twilio/voice_sdk/session.hpp"
#include "http/websocket.hpp"

namespace belfry::compat::twilio::voice_sdk {

class Device;

/// Whom devices belong to. Control thread.
class DeviceOwner {
 public:
  virtual ~DeviceOwner() = default;
  /// It may be called, or no longer.
  virtual void on_bound(Device& device) = 0;
  virtual void on_unbound(Device& device) = 0;
  virtual void on_said(Device& device, ClientMessage message) = 0;
  virtual bool has_calls(const Device& device) = 0;
};

/// A page with the Voice SDK, as long as its socket lives. Control thread.
class Device {
 public:
  Device(base::Loop& loop, http::WebSocket& socket, DeviceOwner& owner, Session session);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Until the socket ends or is to be ended.
  base::Task<void> run();
  /// A whole frame. What the page has lost with its socket is lost.
  void send(const std::string& frame);
  /// Its key or its account is valid no more.
  void withdraw();

  /// Nothing while it has not shown a good token.
  const std::optional<identity::VoiceToken>& token() const { return session_.token(); }
  bool is(const std::string& account_sid, const std::string& identity) const;
  bool bound() const { return session_.bound(); }
  std::chrono::seconds reconnect_timeout() const { return session_.reconnect_timeout(); }

 private:
  void flush();
  void handle(Session::Event event);

  base::Loop& loop_;
  http::WebSocket& socket_;
  DeviceOwner& owner_;
  Session session_;
  bool finished_ = false;
};

}  // namespace belfry::compat::twilio::voice_sdk
