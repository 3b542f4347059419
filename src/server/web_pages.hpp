#pragma once
#include <span>

#include "http/static_files.hpp"

namespace belfry::server {

/// The built web pages (web/dist), part of the program. Empty when it was built without them.
std::span<const http::StaticFile> web_pages();

}  // namespace belfry::server
