#include "apps/take5/directory.hpp"

#include <algorithm>

#include "apps/take5/members.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using base::json::array;
using base::json::object;

constexpr std::string_view counter_collection = "take5.counter";
constexpr std::size_t page_size = 500;

std::string unknown(std::string_view what, std::int64_t id) {
  return std::string(what) + " " + std::to_string(id) + " does not exist";
}

/// Hands every document of a collection to `take`.
Task<Result<>> read_all(
    call::Journal& journal, std::string collection, std::function<void(const call::Document&)> take
) {
  call::DocumentQuery query{.collection = std::move(collection)};
  query.limit = page_size;
  while (true) {
    auto page = co_await journal.find_documents(query);
    if (!page) co_return fail(std::move(page.error()));
    for (const call::Document& document : *page) take(document);
    if (page->size() < page_size) co_return Result<>{};
    query.after_key = page->back().key;
  }
}

}  // namespace

Task<Result<>> Directory::load() {
  const auto take_user = [this](const call::Document& document) {
    User user = User::from_document(document);
    by_number_[user.phone_number] = user.id;
    users_[user.id] = std::move(user);
  };
  const auto take_group = [this](const call::Document& document) {
    Group group = Group::from_document(document);
    groups_[group.id] = std::move(group);
  };
  const auto take_counter = [this](const call::Document& document) {
    last_ids_[document.key] = number_of(document.value, "last");
  };
  Task<Result<>> users = read_all(journal_, std::string(user_collection), take_user);
  const Result<> have_users = co_await std::move(users);
  if (!have_users) co_return have_users;
  Task<Result<>> groups = read_all(journal_, std::string(group_collection), take_group);
  const Result<> have_groups = co_await std::move(groups);
  if (!have_groups) co_return have_groups;
  Task<Result<>> counters = read_all(journal_, std::string(counter_collection), take_counter);
  co_return co_await std::move(counters);
}

const User* Directory::user(std::int64_t id) const {
  const auto found = users_.find(id);
  return found == users_.end() ? nullptr : &found->second;
}

const Group* Directory::group(std::int64_t id) const {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : &found->second;
}

std::int64_t Directory::user_of(const std::string& phone_number) const {
  if (!phone_number.starts_with("+1")) return 0;
  const auto found = by_number_.find(phone_number.substr(2));
  return found == by_number_.end() ? 0 : found->second;
}

std::vector<const User*> Directory::members_of(const Group& group) const {
  std::vector<const User*> members;
  for (const std::int64_t id : group.users)
    if (const User* member = user(id)) members.push_back(member);
  return members;
}

DrawTerms Directory::draw_terms_of(const Group& group) const {
  DrawTerms terms{group.cadence, group.frequency, {}};
  for (const User* member : members_of(group)) terms.zones.push_back(zone_name(member->timezone));
  return terms;
}

// --- Users ---

Result<> Directory::check(const User& user, const UserRequest& request) const {
  const auto owner = by_number_.find(user.phone_number);
  if (owner != by_number_.end() && owner->second != user.id)
    return fail(Errc::conflict, "Phone number already used");
  if (!request.groups) return {};
  for (const std::int64_t id : *request.groups) {
    const Group* joined = group(id);
    if (joined == nullptr) return fail(Errc::invalid_argument, unknown("group", id));
    if (!joined->has(user.id) && joined->users.size() >= most_members_)
      return fail(Errc::invalid_argument, "group " + std::to_string(id) + " is full");
  }
  return {};
}

std::vector<std::int64_t> Directory::groups_of(std::int64_t user) const {
  std::vector<std::int64_t> ids;
  for (const auto& [id, group] : groups_)
    if (group.has(user)) ids.push_back(id);
  return ids;
}

std::vector<std::int64_t> Directory::set_groups(
    std::int64_t user, const std::vector<std::int64_t>& groups, call::Changes& changes
) {
  std::vector<std::int64_t> changed;
  for (auto& [id, group] : groups_) {
    const bool wanted = std::ranges::find(groups, id) != groups.end();
    if (wanted == group.has(user)) continue;
    if (wanted) {
      group.users.push_back(user);
    } else {
      std::erase(group.users, user);
    }
    changes.documents.push_back(group.to_document());
    changed.push_back(id);
  }
  return changed;
}

std::int64_t Directory::next_id(std::string_view collection, call::Changes& changes) {
  const std::int64_t id = ++last_ids_[std::string(collection)];
  changes.documents.push_back(
      {std::string(counter_collection),
       std::string(collection),
       "",
       {{"last", id}},
       loop_.wall_now()}
  );
  return id;
}

Task<void> Directory::tell(std::vector<std::int64_t> groups, Change change) {
  if (!on_change_) co_return;
  for (const std::int64_t id : groups) {
    Task<void> telling = on_change_(id, change);
    co_await std::move(telling);
  }
}

Task<Result<User>> Directory::add_user(UserRequest request) {
  User user;
  request.apply_to(user);
  BELFRY_CO_CHECK(check(user, request));
  call::Changes changes;
  user.id = next_id(user_collection, changes);
  user.created = loop_.wall_now();
  changes.documents.push_back(user.to_document());
  users_[user.id] = user;
  by_number_[user.phone_number] = user.id;
  const auto joined =
      set_groups(user.id, request.groups.value_or(std::vector<std::int64_t>()), changes);
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) {
    call::Changes taken_back;
    set_groups(user.id, {}, taken_back);
    by_number_.erase(user.phone_number);
    users_.erase(user.id);
    co_return fail(stored.error());
  }
  co_await tell(joined, Change::changed);
  co_return user;
}

Task<Result<User>> Directory::change_user(std::int64_t id, UserRequest request) {
  const auto found = users_.find(id);
  if (found == users_.end()) co_return fail(Errc::not_found, "User not found");
  const User before = found->second;
  User user = before;
  request.apply_to(user);
  BELFRY_CO_CHECK(check(user, request));
  call::Changes changes;
  changes.documents.push_back(user.to_document());
  by_number_.erase(before.phone_number);
  by_number_[user.phone_number] = id;
  found->second = user;
  const std::vector<std::int64_t> groups_before = groups_of(id);
  std::vector<std::int64_t> changed;
  if (request.groups) changed = set_groups(id, *request.groups, changes);
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) {
    by_number_.erase(user.phone_number);
    by_number_[before.phone_number] = id;
    users_[id] = before;
    call::Changes taken_back;
    if (request.groups) set_groups(id, groups_before, taken_back);
    co_return fail(stored.error());
  }
  co_await tell(changed, Change::changed);
  co_return user;
}

Task<Result<>> Directory::remove_user(std::int64_t id) {
  const auto found = users_.find(id);
  if (found == users_.end()) co_return fail(Errc::not_found, "User not found");
  call::Changes changes;
  std::vector<std::int64_t> changed;
  for (auto& [group_id, group] : groups_) {
    const bool is_member = std::erase(group.users, id) > 0;
    bool was_there = false;
    for (RollCall& past : group.roll_call) was_there = std::erase(past.users, id) > 0 || was_there;
    if (is_member || was_there) changes.documents.push_back(group.to_document());
    if (is_member) changed.push_back(group_id);
  }
  by_number_.erase(found->second.phone_number);
  users_.erase(found);
  changes.removed_documents.push_back({std::string(user_collection), std::to_string(id)});
  const Result<> stored = co_await journal_.commit(std::move(changes));
  // Nobody is called who wanted to go, even while the disk is full; it is asked for again then.
  co_await tell(changed, Change::changed);
  co_return stored;
}

// --- Groups ---

Result<> Directory::check(const Group& group) const {
  BELFRY_CHECK(check_frequency(group));
  if (group.users.size() > most_members_)
    return fail(
        Errc::invalid_argument, "A group has at most " + std::to_string(most_members_) + " users"
    );
  for (const std::int64_t id : group.users)
    if (user(id) == nullptr) return fail(Errc::invalid_argument, unknown("user", id));
  return {};
}

Task<Result<Group>> Directory::add_group(GroupRequest request) {
  Group group;
  request.apply_to(group);
  BELFRY_CO_CHECK(check(group));
  call::Changes changes;
  group.id = next_id(group_collection, changes);
  group.created = loop_.wall_now();
  changes.documents.push_back(group.to_document());
  groups_[group.id] = group;
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) {
    groups_.erase(group.id);
    co_return fail(stored.error());
  }
  std::vector<std::int64_t> made{group.id};
  co_await tell(std::move(made), Change::changed);
  co_return group;
}

Task<Result<Group>> Directory::change_group(std::int64_t id, GroupRequest request) {
  const auto found = groups_.find(id);
  if (found == groups_.end()) co_return fail(Errc::not_found, "Group not found");
  const Group before = found->second;
  Group group = before;
  request.apply_to(group);
  BELFRY_CO_CHECK(check(group));
  Change what = Change::changed;
  if (group.cadence != before.cadence || group.frequency != before.frequency)
    what = Change::other_cadence;
  call::Changes changes;
  changes.documents.push_back(group.to_document());
  found->second = group;
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) {
    if (groups_.contains(id)) groups_[id] = before;
    co_return fail(stored.error());
  }
  std::vector<std::int64_t> changed{id};
  co_await tell(std::move(changed), what);
  co_return group;
}

Task<Result<>> Directory::remove_group(std::int64_t id) {
  if (groups_.erase(id) == 0) co_return fail(Errc::not_found, "Group not found");
  call::Changes changes;
  changes.removed_documents.push_back({std::string(group_collection), std::to_string(id)});
  const Result<> stored = co_await journal_.commit(std::move(changes));
  std::vector<std::int64_t> removed{id};
  co_await tell(std::move(removed), Change::removed);
  co_return stored;
}

void Directory::edit(
    std::int64_t id, const std::function<void(Group&)>& edit, call::Changes& changes
) {
  const auto found = groups_.find(id);
  if (found == groups_.end()) return;
  edit(found->second);
  changes.documents.push_back(found->second.to_document());
}

// --- As the API shows them ---

object Directory::render(const User& user) const {
  array groups;
  for (const auto& [id, group] : groups_) {
    if (!group.has(user.id)) continue;
    groups.push_back(object{
        {"id", id},
        {"name", group.name},
        {"cadence", to_string(group.cadence)},
        {"frequency", group.frequency},
        {"duration", group.duration.count()},
        {"enabled", group.enabled},
    });
  }
  object rendered = user.to_json();
  rendered["groups"] = std::move(groups);
  return rendered;
}

object Directory::render(const Group& group) const {
  array users;
  for (const User* member : members_of(group)) users.push_back(member->to_json());
  object roll_call;
  for (const RollCall& past : group.roll_call) {
    array present;
    for (const std::int64_t id : past.users)
      if (const User* there = user(id)) present.push_back(there->to_json());
    roll_call[base::to_rfc3339(past.start)] = std::move(present);
  }
  base::json::value next = nullptr;
  if (const auto moment = group.plan.next(); moment && group.enabled)
    next = base::to_rfc3339(*moment);
  return {
      {"id", group.id},
      {"name", group.name},
      {"users", std::move(users)},
      {"cadence", to_string(group.cadence)},
      {"frequency", group.frequency},
      {"duration", group.duration.count()},
      {"enabled", group.enabled},
      {"smsReminder", group.reminder},
      {"rollCall", std::move(roll_call)},
      {"nextCallTime", std::move(next)},
  };
}

}  // namespace belfry::apps::take5
