#include "call/sip_directory.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "call/json_members.hpp"
#include "call/number_directory.hpp"

namespace belfry::call {
namespace {

constexpr std::size_t page = 500;
constexpr std::string_view nobody_answers = "<Response><Reject/></Response>";

/// A domain's members in the words of a number's.
NumberTable::Entry answering(const Document& domain) {
  base::json::object value = domain.value;
  value["status_callback"] = text_member(domain.value, "voice_status_callback_url");
  value["status_callback_method"] = text_member(domain.value, "voice_status_callback_method");
  auto entry = NumberDirectory::answering(value);
  if (!entry) {
    entry.emplace();
    entry->program = {"twiml", {{"twiml", nobody_answers}}};
  }
  entry->account_sid = domain.tag;
  return std::move(*entry);
}

/// A list opens a domain for calls, for registrations, or, mapped twice, for both.
void permit(SipDomainDoors::User& user, const Document& mapping) {
  if (mapping.tag != user.domain_sid) return;
  (text_member(mapping.value, "kind") == "calls" ? user.calls : user.registers) = true;
}

template <class T>
void oldest_first(std::vector<const T*>& list) {
  std::ranges::sort(list, [](const T* a, const T* b) {
    return std::tie(a->created, a->key) < std::tie(b->created, b->key);
  });
}

}  // namespace

base::Task<base::Result<>> SipDirectory::load() {
  for (const std::string_view collection :
       {domains, lists, credentials, mappings, ip_lists, ip_addresses, ip_mappings}) {
    std::string after;
    while (true) {
      DocumentQuery query{.collection = std::string(collection), .limit = page};
      query.after_key = after;
      auto found = co_await journal_.find_documents(std::move(query));
      if (!found) co_return base::fail(found.error());
      if (!found->empty()) after = found->back().key;
      const bool last = found->size() < page;
      for (Document& document : *found) {
        const std::string sid = document.key;
        documents_[std::string(collection)].insert_or_assign(sid, std::move(document));
      }
      if (last) break;
    }
  }
  apply();
  co_return base::Result<>{};
}

void SipDirectory::on_logins(LoginsListener listener) {
  listener_ = std::move(listener);
  if (!logins_.empty()) listener_(logins_);
}

base::Task<base::Result<>> SipDirectory::put(Document document) {
  Changes changes;
  changes.documents.push_back(document);
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  const std::string sid = document.key;
  documents_[document.collection].insert_or_assign(sid, std::move(document));
  apply();
  co_return base::Result<>{};
}

base::Task<base::Result<>> SipDirectory::remove(std::string collection, std::string sid) {
  Changes changes;
  changes.removed_documents.push_back({collection, sid});
  for (const std::string_view dependent : {credentials, mappings, ip_addresses, ip_mappings})
    for (const auto& [key, document] : documents_[std::string(dependent)])
      if (document.tag == sid || text_member(document.value, "list_sid") == sid)
        changes.removed_documents.push_back({std::string(dependent), key});
  const std::vector<DocumentKey> removed = changes.removed_documents;
  BELFRY_CO_CHECK(co_await journal_.commit(std::move(changes)));
  for (const DocumentKey& each : removed) documents_[each.collection].erase(each.key);
  apply();
  co_return base::Result<>{};
}

const Document* SipDirectory::find(
    std::string_view collection, const std::string& sid, const std::string& tag
) const {
  const auto of_kind = documents_.find(collection);
  if (of_kind == documents_.end()) return nullptr;
  const auto found = of_kind->second.find(sid);
  if (found == of_kind->second.end() || found->second.tag != tag) return nullptr;
  return &found->second;
}

std::vector<const Document*> SipDirectory::all(std::string_view collection, const std::string& tag)
    const {
  std::vector<const Document*> list;
  if (const auto of_kind = documents_.find(collection); of_kind != documents_.end())
    for (const auto& [sid, document] : of_kind->second)
      if (tag.empty() || document.tag == tag) list.push_back(&document);
  oldest_first(list);
  std::ranges::reverse(list);
  return list;
}

const Document* SipDirectory::domain_named(const std::string& name) const {
  for (const Document* domain : all(domains, ""))
    if (text_member(domain->value, "domain_name") == name) return domain;
  return nullptr;
}

bool SipDirectory::has_user(const std::string& user) const {
  return std::ranges::any_of(all(credentials, ""), [&](const Document* credential) {
    return text_member(credential->value, "username") == user;
  });
}

void SipDirectory::apply() {
  for (const std::string& user : users_) programs_.remove(user);
  users_.clear();
  open_doors();
  std::vector<PhoneLogin> logins;
  std::map<std::string, SipDomainDoors::User> homes;
  std::vector<const Document*> opened = all(mappings, "");
  oldest_first(opened);
  for (const Document* mapping : opened) {
    const auto domain = documents_[std::string(domains)].find(mapping->tag);
    if (domain == documents_[std::string(domains)].end()) continue;
    for (const Document* credential : all(credentials, text_member(mapping->value, "list_sid"))) {
      const std::string user = text_member(credential->value, "username");
      if (const auto home = homes.find(user); home != homes.end()) {
        permit(home->second, *mapping);
        continue;
      }
      auto password = open_secret_(text_member(credential->value, "password"));
      if (!password) {
        base::log::error("sip.credential_sealed", {{"sid", credential->key}});
        continue;
      }
      users_.push_back(user);
      programs_.set(user, answering(domain->second));
      homes[user].domain_sid = domain->first;
      permit(homes[user], *mapping);
      logins.push_back({user, std::move(*password)});
    }
  }
  for (auto& [user, home] : homes) doors_.add_user(user, std::move(home));
  if (logins == logins_) return;
  logins_ = std::move(logins);
  if (listener_) listener_(logins_);
}

void SipDirectory::open_doors() {
  doors_ = {};
  for (const auto& [sid, domain] : documents_[std::string(domains)]) {
    SipDomainDoors::Domain door{.sid = sid};
    const base::json::value* registers = base::json::find(domain.value, "sip_registration");
    door.takes_registrations =
        registers != nullptr && registers->is_bool() && registers->get_bool();
    for (const Document* mapping : all(mappings, sid))
      door.has_users |= text_member(mapping->value, "kind") == "calls";
    for (const Document* mapping : all(ip_mappings, sid)) {
      door.has_addresses = true;
      for (const Document* address : all(ip_addresses, text_member(mapping->value, "list_sid"))) {
        const auto bits =
            static_cast<unsigned>(number_member(address->value, "cidr_prefix_length"));
        if (const auto range = IpRange::make(text_member(address->value, "ip_address"), bits))
          door.addresses.push_back(*range);
      }
    }
    const std::string name = text_member(domain.value, "domain_name");
    doors_.add_domain(name, std::move(door));
    const std::string guest = doors_.guest_of(name);
    users_.push_back(guest);
    programs_.set(guest, answering(domain));
  }
}

}  // namespace belfry::call
