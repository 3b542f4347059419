#pragma once
#include <memory>

namespace belfry::base {

/// Owns what a C library gave us: `Handle<sqlite3, sqlite3_close_v2>`.
template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* resource) const {
    Free(resource);
  }
};
template <class T, auto Free>
using Handle = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace belfry::base
