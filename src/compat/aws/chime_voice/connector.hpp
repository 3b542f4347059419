#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "call/record.hpp"
#include "compat/aws/failure.hpp"
#include "compat/aws/input.hpp"

namespace belfry::compat::aws::chime_voice {

/// Where calls to the numbers of a connector go.
struct OriginationRoute {
  std::string host;
  std::uint16_t port = 5060;
  std::string protocol = "TCP";  // TCP, UDP
  int priority = 1;              // lower first
  int weight = 1;
};

struct Origination {
  std::vector<OriginationRoute> routes;
  bool disabled = false;
};

/// Whose calls the connector takes, and for where.
struct Termination {
  std::uint32_t cps_limit = 1;
  std::string default_phone_number;            // shown for callers; empty: what they say
  std::vector<std::string> calling_regions;    // ISO 3166-1
  std::vector<std::string> cidr_allowed_list;  // "192.0.2.0/27"
  bool disabled = false;
};

/// A voice connector: a document "aws_voice_connector", key its id, tag the account.
struct Connector {
  static constexpr std::string_view collection = "aws_voice_connector";

  std::string id;
  std::string account_sid;
  std::string region;
  std::string name;
  bool require_encryption = false;
  base::WallTime created{};
  base::WallTime updated{};
  std::optional<Origination> origination;
  std::optional<Termination> termination;
  bool logs_sip = false;
  bool logs_media = false;

  /// Whom a PBX asks: the SIP domain of the termination.
  std::string outbound_host_name() const { return id + ".voiceconnector.chime.aws"; }
  call::Document to_document() const;
  static Connector from_document(const call::Document& document);
};

std::expected<Origination, Failure> read_origination(const Input& input);
std::expected<Termination, Failure> read_termination(const Input& input);
base::json::object to_json(const Origination& origination);
base::json::object to_json(const Termination& termination);

}  // namespace belfry::compat::aws::chime_voice
