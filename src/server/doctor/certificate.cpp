#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <filesystem>
#include <optional>

#include "base/handle.hpp"
#include "net/tls_context.hpp"
#include "server/doctor/check.hpp"

namespace belfry::server::doctor {
namespace {

using namespace std::chrono_literals;

std::optional<base::WallTime> expiry_of(const std::filesystem::path& file) {
  const base::Handle<BIO, BIO_free> pem(BIO_new_file(file.c_str(), "r"));
  if (!pem) return std::nullopt;
  const base::Handle<X509, X509_free> certificate(
      PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)
  );
  std::tm until{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1)
    return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&until)));
}

}  // namespace

Findings check_certificate(Machine& machine) {
  const std::string subject = "TLS certificate";
  if (machine.config.http.tls_port == 0) return {{subject, true, "not used: http.tls_port is 0"}};
  const std::filesystem::path folder = machine.config.data;
  const auto certificate = folder / "tls-certificate.pem";
  const auto key = folder / "tls-key.pem";
  std::error_code error;
  if (!std::filesystem::exists(certificate, error) && !error)
    return {{subject, true, "will be made at the first start"}};
  const std::string repair = "; remove " + certificate.string() + " and " + key.string() +
                             " to get new ones at the next start";
  const auto context = net::TlsContext::server(certificate, key);
  if (!context) return {{subject, false, context.error().message + repair}};
  const auto until = expiry_of(certificate);
  if (!until) return {{subject, false, "cannot read when it ends" + repair}};
  const std::string date = base::to_rfc3339_seconds(*until);
  if (*until <= machine.clock.wall_now())
    return {{subject, false, "ended at " + date + "; start the server again to get a new one"}};
  return {{subject, true, "good until " + date}};
}

}  // namespace belfry::server::doctor
