#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/message.hpp"

namespace belfry::call {

/// A file of a message with its bytes.
struct MessageFile {
  std::string sid;
  std::string content_type;
  std::string bytes;
};

/// What a carrier says of a message that it was given.
struct MessageReport {
  MessageStatus status = MessageStatus::delivered;
  int error_code = 0;  // 30001 to 30010 and the like, of undelivered and failed
  std::string error_message;
};

/// Takes messages to phones: the simulator, another cloud. Control thread; outlives `Messages`.
class MessageCarrier {
 public:
  virtual ~MessageCarrier() = default;
  virtual std::string_view name() const = 0;
  /// Whether what it takes counts against the account's cap (rule F2).
  virtual bool costs_money() const = 0;

  /// Hands a message over. It is stored as `sending` before this is called.
  /// @return its id at the carrier; else why it was not taken, `detail` is the error code of the
  /// message.
  virtual base::Task<base::Result<std::string>> send(MessageRecord message) = 0;
  /// Whether `send` may be repeated after a restart found the message `sending`: only when nothing
  /// can have arrived before it was stored as `sent`.
  virtual bool may_repeat() const = 0;
  /// The message is stored as `sent`; also after a restart, of each that nothing more was heard of.
  virtual void follow(const MessageRecord& message) = 0;
  /// The message is stored as `delivered`.
  virtual void delivered(const MessageRecord& message, std::vector<MessageMedium> media) = 0;
};

/// Which carrier takes messages to a number: the longest prefix, else the fallback. Control thread.
class MessageRoutes {
 public:
  /// Carriers are owned by the server and outlive the routes.
  void add(std::string prefix, MessageCarrier& carrier) { routes_[std::move(prefix)] = &carrier; }
  /// Serves every number that no route claims (the simulator).
  void set_fallback(MessageCarrier* carrier) { fallback_ = carrier; }
  /// nullptr: nobody takes messages there.
  MessageCarrier* choose(std::string_view number) const;
  MessageCarrier* find(std::string_view name) const;

 private:
  std::map<std::string, MessageCarrier*, std::less<>> routes_;
  MessageCarrier* fallback_ = nullptr;
};

/// Keeps the bytes of files by name (a SID); `store` implements it. Control thread, does not block.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// Durable when it returns; a blob of that name is replaced. Errc::unavailable when the disk is
  /// full.
  virtual base::Task<base::Result<>> write(std::string name, std::string bytes) = 0;
  /// Errc::not_found.
  virtual base::Task<base::Result<std::string>> read(std::string name) = 0;
  /// It need not exist.
  virtual base::Task<base::Result<>> remove(std::string name) = 0;
};

}  // namespace belfry::call
