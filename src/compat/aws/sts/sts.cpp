#include "compat/aws/sts/sts.hpp"

namespace belfry::compat::aws::sts {
namespace {

base::Task<Answer> get_caller_identity(Call call) {
  co_return Answer(base::json::object{
      {"Arn", "arn:aws:iam::" + call.account_id + ":root"},
      {"UserId", call.account_id},
      {"Account", call.account_id},
  });
}

}  // namespace

void add_to(Door& door) {
  ServiceName name{"sts"};
  name.xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
  door.add(std::move(name));
  door.operation("sts", "GetCallerIdentity", get_caller_identity);
}

}  // namespace belfry::compat::aws::sts
