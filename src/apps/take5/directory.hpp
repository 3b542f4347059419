#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "apps/take5/people_request.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "call/journal.hpp"

namespace belfry::apps::take5 {

/// Users and groups: in memory, because every request needs them at once, and as documents. A
/// change is seen at once and on disk when its task returns (rule R1); one that cannot be stored is
/// taken back. Control thread.
class Directory {
 public:
  Directory(base::Loop& loop, call::Journal& journal, std::size_t most_members)
      : loop_(loop), journal_(journal), most_members_(most_members) {}

  /// At start, before the first request.
  base::Task<base::Result<>> load();

  const std::map<std::int64_t, User>& users() const { return users_; }
  const std::map<std::int64_t, Group>& groups() const { return groups_; }
  /// nullptr: there is none. Valid until the loop's next turn.
  const User* user(std::int64_t id) const;
  const Group* group(std::int64_t id) const;
  /// The user with that number (E.164); 0: nobody.
  std::int64_t user_of(const std::string& phone_number) const;
  std::vector<const User*> members_of(const Group& group) const;
  /// What its moments are drawn by.
  DrawTerms draw_terms_of(const Group& group) const;

  // Errors: Errc::not_found for the object itself, Errc::conflict for a number that somebody has,
  // Errc::invalid_argument for a wrong member, also for users and groups that there are not.
  base::Task<base::Result<User>> add_user(UserRequest request);
  base::Task<base::Result<User>> change_user(std::int64_t id, UserRequest request);
  /// With its memberships, and from the roll calls.
  base::Task<base::Result<>> remove_user(std::int64_t id);
  base::Task<base::Result<Group>> add_group(GroupRequest request);
  base::Task<base::Result<Group>> change_group(std::int64_t id, GroupRequest request);
  base::Task<base::Result<>> remove_group(std::int64_t id);

  /// For what belongs to a step of something else: the group is changed at once, and its row is in
  /// `changes`.
  void edit(std::int64_t id, const std::function<void(Group&)>& edit, call::Changes& changes);

  /// Waited for before a request is answered: a group is new, has changed, or is gone.
  enum class Change { changed, other_cadence, removed };
  using Listener = std::function<base::Task<void>(std::int64_t group, Change change)>;
  void on_change(Listener listener) { on_change_ = std::move(listener); }

  /// With the joined lists, as the API shows them.
  base::json::object render(const User& user) const;
  base::json::object render(const Group& group) const;

 private:
  base::Result<> check(const User& user, const UserRequest& request) const;
  base::Result<> check(const Group& group) const;
  std::vector<std::int64_t> groups_of(std::int64_t user) const;
  /// The user is in exactly these groups. @return those that have changed.
  std::vector<std::int64_t> set_groups(
      std::int64_t user, const std::vector<std::int64_t>& groups, call::Changes& changes
  );
  std::int64_t next_id(std::string_view collection, call::Changes& changes);
  base::Task<void> tell(std::vector<std::int64_t> groups, Change change);

  base::Loop& loop_;
  call::Journal& journal_;
  std::size_t most_members_;
  std::map<std::int64_t, User> users_;
  std::map<std::int64_t, Group> groups_;
  std::map<std::string, std::int64_t> by_number_;
  std::map<std::string, std::int64_t, std::less<>> last_ids_;  // by collection
  Listener on_change_;
};

}  // namespace belfry::apps::take5
