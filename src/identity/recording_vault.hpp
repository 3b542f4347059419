#pragma once
#include "call/recording_vault.hpp"
#include "identity/sealer.hpp"

namespace belfry::identity {

/// Recordings at rest (rule P4): AES-256-GCM (NIST SP 800-38D) in pieces of 64 KiB, so that any
/// part is read without the rest, with a random key per file that is sealed by the master key.
/// Layout: 8 bytes "BELFREC1", the length of what is sealed (8 bytes, little-endian), then each
/// piece with its tag of 16 bytes. A piece's nonce is its number; both header fields are
/// authenticated with it, so that a file can be neither cut nor rearranged unnoticed.
class SealedRecordings final : public call::RecordingVault {
 public:
  SealedRecordings(Sealer sealer, base::Random& random)
      : sealer_(std::move(sealer)), random_(random) {}

  std::string make_key() override;
  base::Result<> seal(
      const std::string& path, const std::string& sealed_path, const std::string& key
  ) const override;
  base::Result<std::unique_ptr<call::RecordingBytes>> open(
      const std::string& sealed_path, const std::string& key
  ) const override;

 private:
  Sealer sealer_;
  base::Random& random_;
};

}  // namespace belfry::identity
