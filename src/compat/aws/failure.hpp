#pragma once
#include <string>
#include <utility>

namespace belfry::compat::aws {

/// Why an operation was refused, in the words of its service's model.
struct Failure {
  int status = 400;
  std::string code;        // of the query protocol: "InvalidParameterValue"
  std::string message;     // for people
  std::string shape = {};  // of the other protocols; empty: `code` + "Exception"

  std::string shape_name() const { return shape.empty() ? code + "Exception" : shape; }
};

}  // namespace belfry::compat::aws
