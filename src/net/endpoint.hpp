#pragma once
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <string>

#include "base/result.hpp"
#include "net/address.hpp"

/// Our addresses and errors as Asio's, for the .cpp files of `net` and `http`.
namespace belfry::net {

inline boost::asio::ip::address to_asio(const IpAddress& ip) {
  if (ip.is_v6()) {
    boost::asio::ip::address_v6::bytes_type bytes;
    std::ranges::copy(ip.bytes(), bytes.begin());
    return boost::asio::ip::address_v6(bytes);
  }
  boost::asio::ip::address_v4::bytes_type bytes;
  std::ranges::copy(ip.bytes(), bytes.begin());
  return boost::asio::ip::address_v4(bytes);
}

template <class Endpoint>
Endpoint to_endpoint(const Address& address) {
  return Endpoint(to_asio(address.ip), address.port);
}

template <class Endpoint>
Address from_endpoint(const Endpoint& endpoint) {
  const auto ip = endpoint.address();
  if (ip.is_v4()) return {IpAddress::v4(ip.to_v4().to_bytes()), endpoint.port()};
  return {IpAddress::v6(ip.to_v6().to_bytes()), endpoint.port()};
}

inline base::Error to_error(const boost::system::error_code& error, const std::string& what) {
  const auto code = error == boost::system::errc::connection_refused ? base::Errc::refused
                    : error == boost::system::errc::timed_out        ? base::Errc::timed_out
                                                                     : base::Errc::io;
  return {code, what + ": " + error.message(), 0};
}

}  // namespace belfry::net
