#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/take5/people.hpp"
#include "base/result.hpp"

/// Bodies of `POST` and `PUT` below `/api/user` and `/api/group`. Members that nobody knows are
/// ignored, so that what was read can be sent back. Pure.
namespace belfry::apps::take5 {

struct UserRequest {
  std::optional<std::string> given_name;
  std::optional<std::string> family_name;
  std::optional<std::string> phone_number;
  std::optional<std::string> timezone;
  std::optional<std::vector<std::int64_t>> groups;  // ids, each once

  void apply_to(User& user) const;
};

struct GroupRequest {
  std::optional<std::string> name;
  std::optional<std::vector<std::int64_t>> users;  // ids, each once
  std::optional<Cadence> cadence;
  std::optional<int> frequency;
  std::optional<std::chrono::minutes> duration;
  std::optional<bool> enabled;
  std::optional<bool> reminder;

  void apply_to(Group& group) const;
};

/// What is absent from a new one and has no default is an error; of a changed one it stays.
enum class Purpose { creation, change };

/// @return Errc::invalid_argument that names the member.
base::Result<UserRequest> read_user_request(std::string_view body, Purpose purpose);
base::Result<GroupRequest> read_group_request(std::string_view body, Purpose purpose);
/// Whether frequency and cadence of the whole group fit: exactly 1 a day, 1 to 7 in a week, 1 to 30
/// in a month. @return Errc::invalid_argument
base::Result<> check_frequency(const Group& group);

}  // namespace belfry::apps::take5
