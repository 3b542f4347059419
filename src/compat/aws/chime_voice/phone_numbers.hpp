#pragma once
#include "compat/aws/chime_voice/context.hpp"

namespace belfry::compat::aws::chime_voice {

/// Members of a number's document that only this face has: "product_type", "calling_name",
/// "order_id", "voice_connector_id" and when that was "associated".
base::json::object render_number(const call::Document& number);

/// Telephone numbers of an account. One that is deleted can be taken back for seven days. Control
/// thread.
class PhoneNumbers {
 public:
  explicit PhoneNumbers(Context& context) : context_(context) {}
  void add_to(Door& door);

 private:
  base::Task<Answer> list(Call call);
  base::Task<Answer> get(Call call);
  base::Task<Answer> update(Call call);
  base::Task<Answer> batch_update(Call call);
  base::Task<Answer> remove(Call call);
  base::Task<Answer> batch_remove(Call call);
  base::Task<Answer> restore(Call call);
  base::Task<Answer> list_countries(Call call);

  const call::Document* find(const Call& call, const std::string& number) const;
  base::Task<Answer> list_deleted(Call call);
  base::Task<base::Result<std::optional<call::Document>>> find_deleted(
      std::string account_sid, std::string number
  );
  base::Task<std::expected<call::Document, Failure>> change(
      const Call& call, base::json::object members
  );
  base::Task<std::expected<void, Failure>> remove_one(const Call& call, std::string number);

  Context& context_;
};

inline constexpr std::string_view deleted_numbers = "aws_deleted_number";

}  // namespace belfry::compat::aws::chime_voice
