#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "call/journal.hpp"
#include "call/routing.hpp"
#include "call/sip_domain_doors.hpp"

namespace belfry::call {

/// A SIP user who may register and call.
struct PhoneLogin {
  std::string user;
  std::string password;
  bool operator==(const PhoneLogin&) const = default;
};

/// SIP domains of accounts, their lists of credentials and addresses and which list opens which
/// domain: documents, a copy in memory, and what follows from them at once after each change: who
/// may register, and which document answers the calls of those who did. A user name belongs to one
/// domain; the older credential keeps it. Control thread.
class SipDirectory {
 public:
  /// Key SID; tag: the account; of a credential or address the list, of a mapping the domain.
  /// Values have the members of Twilio's objects; a credential's "password" is sealed; a mapping
  /// has "list_sid" and "kind" (calls, registrations).
  static constexpr std::string_view domains = "sip_domain";
  static constexpr std::string_view lists = "sip_credential_list";
  static constexpr std::string_view credentials = "sip_credential";
  static constexpr std::string_view mappings = "sip_mapping";
  static constexpr std::string_view ip_lists = "sip_ip_list";
  /// "ip_address" and "cidr_prefix_length".
  static constexpr std::string_view ip_addresses = "sip_ip_address";
  static constexpr std::string_view ip_mappings = "sip_ip_mapping";

  using OpenSecret = std::function<base::Result<std::string>(std::string_view sealed)>;
  using LoginsListener = std::function<void(std::vector<PhoneLogin>)>;

  /// @param programs gets what answers the calls of each user; both outlive this.
  SipDirectory(Journal& journal, NumberTable& programs, OpenSecret open_secret)
      : journal_(journal), programs_(programs), open_secret_(std::move(open_secret)) {}

  base::Task<base::Result<>> load();
  /// Told now, if there is something to tell, and after each change.
  void on_logins(LoginsListener listener);

  // Stored when they return (rule R1).
  base::Task<base::Result<>> put(Document document);
  /// With what hangs on it: a list's credentials and mappings, a domain's mappings.
  base::Task<base::Result<>> remove(std::string collection, std::string sid);

  /// Nothing when there is none with that tag. Valid until the loop's next turn.
  const Document* find(std::string_view collection, const std::string& sid, const std::string& tag)
      const;
  /// Newest first.
  std::vector<const Document*> all(std::string_view collection, const std::string& tag) const;
  /// In any account.
  const Document* domain_named(const std::string& name) const;
  bool has_user(const std::string& user) const;
  const SipDoor& door() const { return doors_; }

 private:
  using Documents = std::map<std::string, Document>;
  void apply();
  void open_doors();

  Journal& journal_;
  NumberTable& programs_;
  OpenSecret open_secret_;
  LoginsListener listener_;
  std::map<std::string, Documents, std::less<>> documents_;  // by collection, by SID
  std::vector<std::string> users_;                           // those in `programs_`
  SipDomainDoors doors_;
  std::vector<PhoneLogin> logins_;
};

}  // namespace belfry::call
