#pragma once
#include "compat/aws/chime_voice/context.hpp"

namespace belfry::compat::aws::chime_voice {

/// Looking for numbers of the simulated network, and ordering them. Without it there are none:
/// numbers of a trunk are added by their owner as they are. Control thread.
class PhoneNumberOrders {
 public:
  explicit PhoneNumberOrders(Context& context) : context_(context) {}
  void add_to(Door& door);

 private:
  base::Task<Answer> search(Call call);
  base::Task<Answer> create(Call call);
  base::Task<Answer> list(Call call);
  base::Task<Answer> get(Call call);

  bool can_be_had(const std::string& number) const;
  base::Task<base::Result<>> acquire(const Call& call, std::string number, std::string order_id);

  Context& context_;
};

}  // namespace belfry::compat::aws::chime_voice
