#include "sip/recording_metadata.hpp"

#include <string_view>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::sip {
namespace {

using base::escape_xml;

constexpr std::string_view standard = "urn:ietf:params:xml:ns:recording:1";
constexpr std::string_view ours = "urn:belfry:siprec:1";

/// A UUID of version 8 (RFC 9562 section 5.8) in base64, as RFC 7865 section 6.10 writes them.
std::string uuid(const std::string& of, const std::string& name) {
  auto bytes = base::hmac_sha256(base::as_bytes(of), name);
  bytes.resize(16);
  bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x80};
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  return base::to_base64(bytes);
}

/// The address of record is a URI.
std::string aor_of(const std::string& address) {
  if (address.find(':') != std::string::npos) return address;
  if (address.find('@') != std::string::npos) return "sip:" + address;
  return "tel:" + address;
}

class Writer {
 public:
  explicit Writer(const RecordingMetadata& metadata)
      : metadata_(metadata), session_(uuid(metadata.call_sid, "session")) {}

  std::string write() {
    text_ = R"(<?xml version="1.0" encoding="UTF-8"?>)";
    text_.append("\r\n<recording xmlns=\"").append(standard).append("\">\r\n");
    line("<datamode>complete</datamode>");
    write_session();
    for (std::size_t i = 0; i < metadata_.participants.size(); ++i) write_participant(i);
    for (const auto& stream : metadata_.streams)
      line(
          "<stream stream_id=\"" + id_of(stream) + "\" session_id=\"" + session_ + "\"><label>" +
          escape_xml(stream.label) + "</label></stream>"
      );
    line(
        "<sessionrecordingassoc session_id=\"" + session_ + "\">" + associate_time() +
        "</sessionrecordingassoc>"
    );
    for (std::size_t i = 0; i < metadata_.participants.size(); ++i) write_associations(i);
    return text_.append("</recording>\r\n");
  }

 private:
  void line(const std::string& element) { text_.append("  ").append(element).append("\r\n"); }

  std::string time() const { return base::to_rfc3339(metadata_.started); }
  std::string associate_time() const { return "<associate-time>" + time() + "</associate-time>"; }
  std::string id_of(std::size_t participant) const {
    return uuid(metadata_.call_sid, "participant " + std::to_string(participant));
  }
  std::string id_of(const RecordingMetadata::Stream& stream) const {
    return uuid(metadata_.recording_sid, "stream " + stream.label);
  }

  void write_session() {
    std::string session = "<session session_id=\"" + session_ + "\"><start-time>" + time() +
                          "</start-time><call xmlns=\"" + std::string(ours) + "\" sid=\"" +
                          escape_xml(metadata_.call_sid) + "\" account=\"" +
                          escape_xml(metadata_.account_sid) + "\" recording=\"" +
                          escape_xml(metadata_.recording_sid) + "\">";
    for (const auto& [name, value] : metadata_.parameters)
      session +=
          "<parameter name=\"" + escape_xml(name) + "\">" + escape_xml(value) + "</parameter>";
    line(session + "</call></session>");
  }

  void write_participant(std::size_t i) {
    line(
        "<participant participant_id=\"" + id_of(i) + "\"><nameID aor=\"" +
        escape_xml(aor_of(metadata_.participants[i].address)) + "\"/></participant>"
    );
  }

  void write_associations(std::size_t i) {
    const std::string start = " participant_id=\"" + id_of(i) + "\"";
    line(
        "<participantsessionassoc" + start + " session_id=\"" + session_ + "\">" +
        associate_time() + "</participantsessionassoc>"
    );
    std::string streams;
    for (const auto& stream : metadata_.streams)
      if (stream.sender == i) streams += "<send>" + id_of(stream) + "</send>";
    for (const auto& stream : metadata_.streams)
      if (stream.sender != i) streams += "<recv>" + id_of(stream) + "</recv>";
    line("<participantstreamassoc" + start + ">" + streams + "</participantstreamassoc>");
  }

  const RecordingMetadata& metadata_;
  std::string session_;
  std::string text_;
};

}  // namespace

std::string to_xml(const RecordingMetadata& metadata) {
  return Writer(metadata).write();
}

}  // namespace belfry::sip
