#include "net/self_signed.hpp"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/handle.hpp"
#include "net/address.hpp"

namespace belfry::net {
namespace {

using base::Errc;
using base::fail;
using base::Handle;
using base::Result;
using namespace std::chrono_literals;

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Handle<X509, X509_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using Memory = Handle<BIO, BIO_free>;

std::time_t seconds_of(base::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const std::string& name : names) text += (IpAddress::parse(name) ? ",IP:" : ",DNS:") + name;
  return text;
}

Certificate make_certificate(
    EVP_PKEY* key, const std::vector<std::string>& names, base::WallTime now
) {
  Certificate certificate(X509_new());
  std::array<unsigned char, 16> serial{};
  if (!certificate || RAND_bytes(serial.data(), serial.size()) != 1) return nullptr;
  serial[0] = serial[0] & 0x7F;  // RFC 5280 §4.1.2.2: positive
  X509_set_version(certificate.get(), X509_VERSION_3);
  const Handle<BIGNUM, BN_free> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds_of(now - 1h));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds_of(now + 825 * 24h));
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* common_name = reinterpret_cast<const unsigned char*>("belfry");
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_set_pubkey(certificate.get(), key);
  const bool complete =
      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate.get(), NID_subject_key_identifier, "hash") &&
      add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyCertSign") &&
      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth") &&
      add_extension(certificate.get(), NID_subject_alt_name, alternative_names(names));
  if (!complete || X509_sign(certificate.get(), key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

/// Written beside and renamed, so that a crash leaves the old file or the new one.
Result<void> write_file(const std::filesystem::path& path, BIO* pem, mode_t mode) {
  char* text = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(pem, &text));
  const std::string temporary = path.string() + ".new";
  unlink(temporary.c_str());
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return fail(Errc::io, "cannot write " + temporary);
  const bool written = write(file, text, size) == static_cast<ssize_t>(size) && fsync(file) == 0;
  close(file);
  if (!written || rename(temporary.c_str(), path.c_str()) != 0)
    return fail(Errc::io, "cannot write " + path.string());
  return {};
}

bool is_good(const CertificateFiles& files, base::WallTime now) {
  const Memory key_file(BIO_new_file(files.key.c_str(), "r"));
  const Memory file(BIO_new_file(files.certificate.c_str(), "r"));
  if (!key_file || !file) return false;
  const Key key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, nullptr, nullptr));
  const Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  if (!key || !certificate || X509_check_private_key(certificate.get(), key.get()) != 1)
    return false;
  std::time_t in_a_month = seconds_of(now + 30 * 24h);
  return X509_cmp_time(X509_get0_notAfter(certificate.get()), &in_a_month) > 0;
}

}  // namespace

Result<CertificateFiles> ensure_self_signed(
    const std::filesystem::path& folder, const std::vector<std::string>& names, base::WallTime now
) {
  CertificateFiles files{folder / "tls-certificate.pem", folder / "tls-key.pem"};
  if (is_good(files, now)) return files;
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return fail(Errc::internal, "cannot make a P-256 key");
  const Certificate certificate = make_certificate(key.get(), names, now);
  if (!certificate)
    return fail(Errc::invalid_argument, "cannot make a certificate for these names");
  const Memory key_pem(BIO_new(BIO_s_mem()));
  const Memory pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(pem.get(), certificate.get());
  BELFRY_CHECK(write_file(files.key, key_pem.get(), 0600));
  BELFRY_CHECK(write_file(files.certificate, pem.get(), 0644));
  return files;
}

}  // namespace belfry::net
