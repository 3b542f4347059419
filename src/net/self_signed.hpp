#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace belfry::net {

struct CertificateFiles {
  std::filesystem::path certificate;  // PEM
  std::filesystem::path key;          // PEM, mode 0600
};

/// The certificate of a fresh install (rule D1): ECDSA P-256, for `localhost`, 127.0.0.1, ::1 and
/// `names`, valid for 825 days (what browsers accept), kept in `folder` as `tls-certificate.pem`
/// and `tls-key.pem`. One that is there and good for 30 more days is used again.
[[nodiscard]] base::Result<CertificateFiles> ensure_self_signed(
    const std::filesystem::path& folder, const std::vector<std::string>& names, base::WallTime now
);

}  // namespace belfry::net
