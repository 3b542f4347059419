#include "call/number_directory.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "call/json_members.hpp"

namespace belfry::call {
namespace {

constexpr std::size_t page = 500;
constexpr std::string_view nobody_answers = "<Response><Reject/></Response>";

std::string method_member(const base::json::object& value, std::string_view name) {
  return text_member(value, name) == "GET" ? "GET" : "POST";
}

/// The same at each start, so that a number of the configuration keeps its document.
std::string sid_of_configured(const std::string& account_sid, const std::string& number) {
  return "PN" + base::sha256_hex(account_sid + " " + number).substr(0, 32);
}

/// All of a collection, oldest last.
base::Task<base::Result<std::vector<Document>>> load_all(
    Journal& journal, std::string_view collection
) {
  std::vector<Document> all;
  while (true) {
    DocumentQuery query{.collection = std::string(collection), .limit = page};
    if (!all.empty()) query.after_key = all.back().key;
    auto found = co_await journal.find_documents(std::move(query));
    if (!found) co_return base::fail(found.error());
    const bool last = found->size() < page;
    std::ranges::move(*found, std::back_inserter(all));
    if (last) co_return all;
  }
}

}  // namespace

void NumberDirectory::configure(const std::string& number, base::json::object value) {
  Document document;
  document.collection = numbers;
  document.key = sid_of_configured(main_account_, number);
  document.tag = main_account_;
  document.created = environment_.loop.wall_now();
  value["phone_number"] = number;
  if (!value.contains("friendly_name")) value["friendly_name"] = number;
  configured_[number] = value;
  document.value = std::move(value);
  take(std::move(document));
}

void NumberDirectory::configure_application(std::string sid, base::json::object value) {
  Document document{std::string(applications), sid, main_account_, std::move(value)};
  document.created = environment_.loop.wall_now();
  applications_.insert_or_assign(std::move(sid), std::move(document));
}

base::Task<base::Result<>> NumberDirectory::load() {
  auto stored_applications = co_await load_all(environment_.journal, applications);
  if (!stored_applications) co_return base::fail(stored_applications.error());
  for (Document& document : *stored_applications) {
    const std::string sid = document.key;
    applications_.insert_or_assign(sid, std::move(document));
  }
  Changes changes;
  auto stored = co_await load_all(environment_.journal, numbers);
  if (!stored) co_return base::fail(stored.error());
  for (Document& document : *stored) {
    const std::string number = text_member(document.value, "phone_number");
    const auto configured = configured_.find(number);
    if (configured == configured_.end() && document.value.contains("configured")) {
      // The configuration names it no more.
      changes.removed_documents.push_back({document.collection, document.key});
      continue;
    }
    // Written from the same configuration: then later changes by the API count.
    const bool current = configured == configured_.end() ||
                         object_member(document.value, "configured") == configured->second;
    if (!current) continue;
    if (configured != configured_.end()) configured_.erase(configured);
    take(std::move(document));
  }
  for (const auto& [number, value] : configured_) {
    Document& document = numbers_.at(sids_.at(number));
    document.value["configured"] = value;
    changes.documents.push_back(document);
  }
  if (changes.empty()) co_return base::Result<>{};
  co_return co_await environment_.journal.commit(std::move(changes));
}

base::Task<base::Result<>> NumberDirectory::put_number(Document number) {
  const auto owner = sids_.find(text_member(number.value, "phone_number"));
  if (owner != sids_.end() && owner->second != number.key)
    co_return base::fail(base::Errc::conflict, "the number is in use", 21422);
  Changes changes;
  changes.documents.push_back(number);
  // Taken before it is stored: of two that want it at the same moment one gets it.
  take(number);
  co_return co_await environment_.journal.commit(std::move(changes));
}

base::Task<base::Result<>> NumberDirectory::put_application(Document application) {
  Changes changes;
  changes.documents.push_back(application);
  const std::string sid = application.key;
  BELFRY_CO_CHECK(co_await environment_.journal.commit(std::move(changes)));
  applications_.insert_or_assign(sid, std::move(application));
  refresh_users_of(sid);
  co_return base::Result<>{};
}

base::Task<base::Result<>> NumberDirectory::remove_number(std::string sid) {
  Changes changes;
  changes.removed_documents.push_back({std::string(numbers), sid});
  BELFRY_CO_CHECK(co_await environment_.journal.commit(std::move(changes)));
  const auto found = numbers_.find(sid);
  if (found == numbers_.end()) co_return base::Result<>{};
  const std::string number = text_member(found->second.value, "phone_number");
  environment_.table.remove(number);
  sids_.erase(number);
  numbers_.erase(found);
  co_return base::Result<>{};
}

base::Task<base::Result<>> NumberDirectory::remove_application(std::string sid) {
  Changes changes;
  changes.removed_documents.push_back({std::string(applications), sid});
  BELFRY_CO_CHECK(co_await environment_.journal.commit(std::move(changes)));
  applications_.erase(sid);
  refresh_users_of(sid);
  co_return base::Result<>{};
}

const Document* NumberDirectory::number(const std::string& sid) const {
  const auto found = numbers_.find(sid);
  return found == numbers_.end() ? nullptr : &found->second;
}

const Document* NumberDirectory::number_of(const std::string& phone_number) const {
  const auto found = sids_.find(phone_number);
  return found == sids_.end() ? nullptr : number(found->second);
}

const Document* NumberDirectory::application(const std::string& sid) const {
  const auto found = applications_.find(sid);
  return found == applications_.end() ? nullptr : &found->second;
}

bool NumberDirectory::owns(const std::string& account_sid, const std::string& phone_number) const {
  const Document* found = number_of(phone_number);
  return found != nullptr && found->tag == account_sid;
}

std::size_t NumberDirectory::count_of(const std::string& account_sid) const {
  return static_cast<std::size_t>(std::ranges::count_if(numbers_, [&](const auto& each) {
    return each.second.tag == account_sid;
  }));
}

std::optional<NumberTable::Entry> NumberDirectory::answering(const base::json::object& value) {
  NumberTable::Entry entry;
  entry.program.kind = "twiml";
  base::json::object& parameters = entry.program.parameters;
  if (const std::string twiml = text_member(value, "twiml"); !twiml.empty()) {
    parameters["twiml"] = twiml;
  } else if (const std::string url = text_member(value, "voice_url"); !url.empty()) {
    parameters["url"] = url;
    parameters["method"] = method_member(value, "voice_method");
    if (const std::string fallback = text_member(value, "voice_fallback_url"); !fallback.empty()) {
      parameters["fallback_url"] = fallback;
      parameters["fallback_method"] = method_member(value, "voice_fallback_method");
    }
  } else if (const auto program = object_member(value, "program"); !program.empty()) {
    entry.program = {text_member(program, "kind"), object_member(program, "parameters")};
  } else {
    return std::nullopt;
  }
  const bool own = flag_member(value, "own_application");
  if (own) parameters["own_application"] = true;
  entry.application = text_member(value, "application");
  entry.callback.own_application = own;
  entry.callback.url = text_member(value, "status_callback");
  entry.callback.method = method_member(value, "status_callback_method");
  return entry;
}

base::Task<base::Result<std::optional<MessageNumber>>> NumberDirectory::find(std::string number) {
  const Document* document = number_of(number);
  if (document == nullptr) co_return std::optional<MessageNumber>();
  const base::json::object& value = deciding(document->value, "sms_application_sid");
  MessageNumber found;
  found.account_sid = document->tag;
  found.url = text_member(value, "sms_url");
  found.method = method_member(value, "sms_method");
  found.fallback_url = text_member(value, "sms_fallback_url");
  found.fallback_method = method_member(value, "sms_fallback_method");
  co_return std::optional<MessageNumber>(std::move(found));
}

void NumberDirectory::take(Document number) {
  const std::string sid = number.key;
  const std::string phone_number = text_member(number.value, "phone_number");
  if (const auto before = sids_.find(phone_number); before != sids_.end() && before->second != sid)
    numbers_.erase(before->second);
  sids_[phone_number] = sid;
  const auto [place, is_new] = numbers_.insert_or_assign(sid, std::move(number));
  refresh(place->second);
}

const base::json::object& NumberDirectory::deciding(
    const base::json::object& value, std::string_view application_member
) const {
  const Document* found = application(text_member(value, application_member));
  return found == nullptr ? value : found->value;
}

void NumberDirectory::refresh(const Document& number) {
  const base::json::object& value = deciding(number.value, "voice_application_sid");
  auto entry = answering(value);
  if (!entry) {
    entry.emplace();
    entry->program = {"twiml", {{"twiml", nobody_answers}}};
  }
  entry->account_sid = number.tag;
  entry->sid = number.key;
  environment_.table.set(text_member(number.value, "phone_number"), std::move(*entry));
}

void NumberDirectory::refresh_users_of(const std::string& application_sid) {
  for (const auto& [sid, number] : numbers_)
    if (text_member(number.value, "voice_application_sid") == application_sid) refresh(number);
}

}  // namespace belfry::call
