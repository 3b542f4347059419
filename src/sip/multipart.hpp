#pragma once
#include <string>
#include <vector>

namespace belfry::sip {

/// One part of a message's body.
struct BodyPart {
  std::string content_type;
  std::string disposition;  // Content-Disposition (RFC 3261 section 20.11); empty: none
  std::string bytes;
};

struct Body {
  std::string content_type;
  std::string bytes;
};

/// One part stands alone; more become multipart/mixed (RFC 2046 section 5.1). The boundary is the
/// first of a fixed row that occurs in no part, so the same parts make the same bytes (rule R3).
/// @param parts at least one
Body make_body(const std::vector<BodyPart>& parts);

}  // namespace belfry::sip
