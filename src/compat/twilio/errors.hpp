#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace belfry::compat::twilio {

/// An error as Twilio's API words it. Every code that we answer with is in the catalogue
/// (errors.cpp), with its HTTP status and default message; an unknown code is a 400.
struct ApiError {
  int code = 20001;
  int status = 400;
  std::string message;
};

ApiError error(int code);
/// `message` is for people and safe to show; empty: the default.
ApiError error(int code, std::string message);
/// What failed below us: full, draining or busy is 503, `Error::detail` is Twilio's code where
/// there is one.
ApiError error(const base::Error& failure);

/// {code, message, more_info, status}.
http::Response render(const ApiError& failure);
http::Response refusal(int code);
http::Response refusal(int code, std::string message);
http::Response refusal(const base::Error& failure);
/// 404/20404 in Twilio's words: names the path.
http::Response not_found(const http::Request& request);
/// Errors that no resource has seen: 404, 405, 413 … of the router and the gate.
http::Response render_plain(int status, const http::Request& request, std::string_view reason);

}  // namespace belfry::compat::twilio
