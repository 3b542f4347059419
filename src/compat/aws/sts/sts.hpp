#pragma once
#include "compat/aws/door.hpp"

namespace belfry::compat::aws::sts {

/// `GetCallerIdentity`: what people try first, to see whether their credentials are right.
void add_to(Door& door);

}  // namespace belfry::compat::aws::sts
