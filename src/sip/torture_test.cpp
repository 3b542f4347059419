// RFC 4475, every message: what the parser and the stateless checks decide is decided here; the
// rest (481, 401, the Via of a response) must at least come through the parser whole.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sip/message.hpp"
#include "sip/request_check.hpp"

namespace belfry::sip {
namespace {

struct Row {
  std::string name, answer, decider;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string folder() {
  return std::string(BELFRY_SIP_TESTDATA) + "/rfc4475/";
}

std::vector<Row> expected_rows() {
  std::vector<Row> rows;
  std::istringstream table(read_file(folder() + "expected.txt"));
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream columns(line);
    Row& row = rows.emplace_back();
    columns >> row.name >> row.answer >> row.decider;
  }
  return rows;
}

Abilities abilities() {
  Abilities ours;
  ours.methods = {Method::invite,    Method::bye,  Method::options,
                  Method::register_, Method::info, Method::message};
  ours.extensions = {"timer"};
  ours.body_types = {"application/sdp", "multipart/mixed"};
  return ours;
}

std::string outcome(const std::string& bytes) {
  const Parsed parsed = parse(bytes, Framing::datagram);
  if (parsed.kind == Parsed::Kind::drop) return "drop";
  if (parsed.kind == Parsed::Kind::refuse) return std::to_string(parsed.status);
  if (!parsed.message.is_request()) return "accept";
  const auto refusal = check_request(parsed.message, abilities());
  return refusal ? std::to_string(refusal->status) : "process";
}

TEST(SipTorture, EveryMessageOfRfc4475IsTreatedAsTheTableSays) {
  const std::vector<Row> rows = expected_rows();
  EXPECT_EQ(rows.size(), 49U);
  for (const Row& row : rows) {
    const std::string seen = outcome(read_file(folder() + row.name + ".dat"));
    const bool is_decided_here = row.decider == "parser" || row.decider == "check";
    const std::string whole = row.decider == "client" ? "accept" : "process";
    EXPECT_EQ(seen, is_decided_here ? row.answer : whole) << row.name;
  }
}

TEST(SipTorture, EveryRefusalOfABrokenRequestIsItselfAWholeMessage) {
  for (const Row& row : expected_rows()) {
    const Parsed parsed = parse(read_file(folder() + row.name + ".dat"), Framing::datagram);
    if (parsed.kind != Parsed::Kind::refuse) continue;
    const Message answer = response_to(parsed.message, parsed.status, "tag1").build();
    EXPECT_TRUE(answer.text().starts_with("SIP/2.0 " + std::to_string(parsed.status))) << row.name;
    EXPECT_EQ(answer.count(HeaderId::via), parsed.message.count(HeaderId::via)) << row.name;
    EXPECT_LE(answer.count(HeaderId::cseq), 1U) << row.name;
    EXPECT_TRUE(answer.text().ends_with("Content-Length: 0\r\n\r\n")) << row.name;
  }
}

Message load(const std::string& name) {
  Parsed parsed = parse(read_file(folder() + name + ".dat"), Framing::datagram);
  EXPECT_EQ(parsed.kind, Parsed::Kind::message) << name << ": " << parsed.why;
  return std::move(parsed.message);
}

TEST(SipTorture, WsinvIsReadThroughItsFolds) {
  const Message message = load("wsinv");
  EXPECT_EQ(message.cseq()->number, 9U);
  EXPECT_EQ(message.cseq()->method(), Method::invite);
  EXPECT_EQ(message.max_forwards(), 68U);
  EXPECT_EQ(message.to_tag(), "1918181833n");
  EXPECT_EQ(message.from()->display_name(), "J Rosenberg \\\"");
  EXPECT_EQ(message.from_tag(), "98asjd8");
  const auto vias = message.vias();
  ASSERT_EQ(vias->size(), 3U);
  EXPECT_EQ(vias->at(0).host_view, "192.0.2.2");
  EXPECT_FALSE(vias->at(0).has_cookie());
  EXPECT_EQ(vias->at(1).transport_view, "TCP");
  EXPECT_EQ(vias->at(2).branch(), "z9hG4bK30239");
  const auto contacts = message.contacts();
  ASSERT_EQ(contacts->size(), 1U);
  EXPECT_EQ(contacts->at(0).display_name(), "Quoted string \"\"");
  EXPECT_EQ(contacts->at(0).params.find("newparam"), "newvalue");
  EXPECT_EQ(contacts->at(0).params.find("q"), "0.33");
  EXPECT_EQ(message.header(HeaderId::subject), "");
  EXPECT_EQ(message.header("NewFangledHeader"), "newfangled value   continued newfangled value");
  EXPECT_EQ(message.body().size(), 150U);
}

TEST(SipTorture, EscapesAreUndoneInUrisAndNowhereElse) {
  const Message message = load("esc01");
  EXPECT_EQ(message.request_uri()->user, "sips:user@example.com");
  EXPECT_EQ(message.request_uri()->host, "example.net");
  EXPECT_EQ(message.to()->uri()->user, "user");
  EXPECT_EQ(message.from()->uri()->user, "I have spaces");
  const auto contacts = message.contacts();
  const auto contact = contacts->at(0).uri();
  EXPECT_EQ(contact->param("lr"), "");
  EXPECT_EQ(contact->param("name"), "value%41");
  const Message nulls = load("escnull");
  EXPECT_EQ(nulls.contacts()->at(1).uri()->user, std::string(2, '\0'));
  EXPECT_EQ(nulls.contacts()->at(1).uri()->to_string(), "sip:%00%00@host5.example.com");
  EXPECT_EQ(load("esc02").contacts()->size(), 2U);
}

TEST(SipTorture, UnknownContactParametersStayWhereTheyStood) {
  const Message header_param = load("cparam01");
  EXPECT_TRUE(header_param.contacts()->at(0).params.has("unknownparam"));
  EXPECT_FALSE(header_param.contacts()->at(0).uri()->param("unknownparam"));
  const Message uri_param = load("cparam02");
  EXPECT_FALSE(uri_param.contacts()->at(0).params.has("unknownparam"));
  EXPECT_TRUE(uri_param.contacts()->at(0).uri()->param("unknownparam"));
}

TEST(SipTorture, ASecondRequestInTheDatagramIsCutOff) {
  const Message message = load("dblreq");
  EXPECT_EQ(message.body(), "");
  EXPECT_FALSE(message.text().contains("INVITE"));
}

TEST(SipTorture, AnEscapedNulIsEchoedAsASpace) {
  const Message answer = response_to(load("intmeth"), 501, "t").build();
  EXPECT_FALSE(answer.text().contains('\0'));
  EXPECT_EQ(parse(answer.text(), Framing::datagram).kind, Parsed::Kind::message);
}

TEST(SipTorture, UnsupportedNamesWhatWasRequired) {
  const auto refusal = check_request(load("bext01"), abilities());
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->headers.at(0).value, "nothingSupportsThis, nothingSupportsThisEither");
}

}  // namespace
}  // namespace belfry::sip
