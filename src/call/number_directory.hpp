#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "call/journal.hpp"
#include "call/message_numbers.hpp"
#include "call/routing.hpp"

namespace belfry::call {

/// The numbers that accounts have and the applications that may answer them: documents ("number",
/// "application"; key SID, tag account), a copy in memory, and what follows from them in the
/// `NumberTable`, at once after each change. Values have the members of Twilio's objects:
/// voice_url, voice_method, voice_fallback_url, voice_application_sid, status_callback, sms_url …;
/// a number also phone_number, and `twiml` for an inline document. Control thread.
class NumberDirectory final : public MessageNumbers {
 public:
  struct Environment {
    base::Loop& loop;
    Journal& journal;
    NumberTable& table;
  };
  NumberDirectory(const Environment& environment, std::string main_account)
      : environment_(environment), main_account_(std::move(main_account)) {}

  static constexpr std::string_view numbers = "number";
  static constexpr std::string_view applications = "application";

  /// A number of the configuration: it answers from now on, and has a document from `load` on. What
  /// the API has changed since wins, until the configuration says something else.
  void configure(const std::string& number, base::json::object value);
  /// An application that belongs to the server; one that the API has stored by its SID wins. Beside
  /// the members of Twilio's object: `own_application` (answered in process) and `application`
  /// (whose calls these are).
  void configure_application(std::string sid, base::json::object value);
  /// At start, before calls come in.
  base::Task<base::Result<>> load();

  /// Stored when it returns (rule R1). @return Errc::conflict when the number is somebody's
  /// already.
  base::Task<base::Result<>> put_number(Document number);
  base::Task<base::Result<>> put_application(Document application);
  base::Task<base::Result<>> remove_number(std::string sid);
  base::Task<base::Result<>> remove_application(std::string sid);

  /// Nothing when there is none. Valid until the loop's next turn.
  const Document* number(const std::string& sid) const;
  const Document* number_of(const std::string& phone_number) const;
  const Document* application(const std::string& sid) const;
  /// Whether that account may show it as its own.
  bool owns(const std::string& account_sid, const std::string& phone_number) const;
  /// How many numbers an account has.
  std::size_t count_of(const std::string& account_sid) const;

  /// What answers a call to an application, or to the owner of a value with such members. Without
  /// a document or voice URL, "program" says it ({"kind", "parameters"}); nothing without that.
  static std::optional<NumberTable::Entry> answering(const base::json::object& value);

  base::Task<base::Result<std::optional<MessageNumber>>> find(std::string number) override;

 private:
  void take(Document number);
  void refresh(const Document& number);
  void refresh_users_of(const std::string& application_sid);
  /// The application that the member names, or the value itself.
  const base::json::object& deciding(
      const base::json::object& value, std::string_view application_member
  ) const;

  Environment environment_;
  std::string main_account_;
  std::map<std::string, base::json::object> configured_;  // by number
  std::map<std::string, Document> numbers_;               // by SID
  std::map<std::string, std::string> sids_;               // by number
  std::map<std::string, Document> applications_;          // by SID
};

}  // namespace belfry::call
