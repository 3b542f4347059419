#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace belfry::base {

/// A line of a CSV file (RFC 4180), with its end; every cell is quoted. One that a spreadsheet
/// would calculate begins with an apostrophe (rule H5). Any thread.
std::string csv_row(const std::vector<std::string>& cells);

}  // namespace belfry::base
