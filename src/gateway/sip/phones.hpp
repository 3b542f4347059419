#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sdp/crypto.hpp"
#include "sip/digest_server.hpp"

namespace belfry::gateway::sip {

/// A SIP phone that may register and call.
struct PhoneSettings {
  std::string user;
  std::string password;
  std::string number;  // rings when it is called, and what others see; may be empty
  belfry::sdp::Encryption encryption = belfry::sdp::Encryption::off;
};

/// Who the phones are. A value; passwords are kept as digest hashes only.
class Phones {
 public:
  Phones(const std::vector<PhoneSettings>& phones, std::string_view realm);
  /// These are there besides the configured ones, in place of those that were added before. A user
  /// of the configuration stays who he is.
  void replace_added(const std::vector<PhoneSettings>& phones);

  bool contains(const std::string& user) const { return secrets_.contains(user); }
  std::optional<belfry::sip::DigestSecret> secret_of(const std::string& user) const;
  std::optional<std::string> user_of(const std::string& number) const;
  /// Empty when it has none.
  std::string number_of(const std::string& user) const;
  belfry::sdp::Encryption encryption_of(const std::string& user) const;

 private:
  std::string realm_;
  std::vector<std::string> added_;
  std::map<std::string, belfry::sip::DigestSecret> secrets_;
  std::map<std::string, std::string> users_, numbers_;  // by number, by user
  std::map<std::string, belfry::sdp::Encryption> encryption_;
};

}  // namespace belfry::gateway::sip
