#include "sip/registrar.hpp"

#include "sip/message_for_test.hpp"

namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using testing_support::message;

struct MemoryStore final : BindingStore {
  std::map<std::string, std::vector<Binding>> rows;
  std::vector<Binding> load(const std::string& user) override { return rows[user]; }
  void save(const std::string& user, const std::vector<Binding>& bindings) override {
    rows[user] = bindings;
  }
};

class SipRegistrar : public testing::Test {
 protected:
  Message send(
      const std::string& lines, int cseq = 0, const std::string& call_id = "c1",
      const std::string& to = "sip:desk1@belfry", const std::string& uri = "sip:belfry"
  ) {
    const std::string number = std::to_string(cseq == 0 ? ++cseq_ : cseq);
    return registrar.handle_register(
        message(
            "REGISTER " + uri + " SIP/2.0\nFrom: <sip:desk1@belfry>;tag=1\nTo: <" + to +
            ">\nCall-ID: " + call_id + "\nCSeq: " + number + " REGISTER\n" + lines
        ),
        "desk1", flow, "t", clock.wall_now()
    );
  }
  std::size_t live() { return registrar.bindings_of("desk1", clock.wall_now()).size(); }

  base::VirtualClock clock;
  MemoryStore store;
  Flow flow{Transport::udp, {"198.51.100.1", 5060}, {"203.0.113.9", 43210}, 0};
  Registrar registrar{
      {.domains = {"belfry", "127.0.0.1"}, .listeners = {{"127.0.0.1", 5060}}}, store
  };
  int cseq_ = 0;
};

TEST_F(SipRegistrar, BindsRefreshesAndRemoves) {
  const Message ok = send("Contact: <sip:desk1@192.168.1.5:5062>;expires=120\n");
  EXPECT_EQ(ok.status(), 200);
  EXPECT_EQ(ok.header(HeaderId::contact), "<sip:desk1@192.168.1.5:5062>;expires=120");
  EXPECT_EQ(registrar.bindings_of("desk1", clock.wall_now())[0].flow, flow);
  clock.advance(100s);
  EXPECT_EQ(send("Contact: <sip:desk1@192.168.1.5:5062>\nExpires: 300\n").status(), 200);
  clock.advance(299s);
  EXPECT_EQ(live(), 1U);
  EXPECT_EQ(send("").header(HeaderId::contact), "<sip:desk1@192.168.1.5:5062>;expires=1");
  EXPECT_EQ(send("Contact: <sip:desk1@192.168.1.5:5062>;expires=0\n").status(), 200);
  EXPECT_EQ(live(), 0U);
}

TEST_F(SipRegistrar, BindingsEndByTime) {
  (void)send("Contact: <sip:a@192.168.1.5>;expires=60\n");
  clock.advance(60s);
  EXPECT_EQ(live(), 0U);
}

TEST_F(SipRegistrar, RuleS6EachRequestGetsWhatItDeserves) {
  struct Row {
    const char* lines;
    int status;
  };
  for (const Row& row : {
           Row{"Contact: <sip:a@192.168.1.5>;expires=59\n", 423},
           Row{"Contact: <sip:a@192.168.1.5>\nExpires: 1\n", 423},
           Row{"Contact: <sip:a@192.168.1.5>;expires=60\n", 200},
           Row{"Contact: <sip:a@192.168.1.5>;expires=9999999\n", 200},
           Row{"Contact: <sip:a@192.168.1.5>;expires=x\n", 400},
           Row{"Contact: <mailto:a@b>\n", 400},
           Row{"Contact: <name:John_Smith>\n", 400},
           Row{"Contact: *\n", 400},
           Row{"Contact: *\nExpires: 60\n", 400},
           Row{"Contact: <sip:desk1@127.0.0.1>\n", 403},
           Row{"Contact: <sip:desk1@127.0.0.1:5060>\n", 403},
           Row{"Contact: <sip:desk1@belfry:5060>\n", 403},
           Row{"Contact: <sip:desk1@127.0.0.1:5099>\n", 200},
           Row{"Require: outbound\nContact: <sip:a@192.168.1.5>\n", 420},
       })
    EXPECT_EQ(send(row.lines).status(), row.status) << row.lines;
  EXPECT_EQ(send("Contact: <sip:a@192.168.1.5>;expires=59\n").header(HeaderId::min_expires), "60");
}

TEST_F(SipRegistrar, RuleS6OnlyTheUsersOwnAddressOfRecord) {
  const std::string contact = "Contact: <sip:a@192.168.1.5>\n";
  EXPECT_EQ(send(contact, 0, "c", "sip:other@belfry").status(), 403);
  EXPECT_EQ(send(contact, 0, "c", "sip:desk1@elsewhere").status(), 403);
  EXPECT_EQ(send(contact, 0, "c", "sip:desk1@belfry", "sip:elsewhere").status(), 404);
  EXPECT_EQ(send(contact, 0, "c", "tel:+15550001111").status(), 403);
  EXPECT_EQ(live(), 0U);
}

TEST_F(SipRegistrar, TenContactsAreTheMost) {
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(send("Contact: <sip:a@192.168.1." + std::to_string(i) + ">\n").status(), 200);
  EXPECT_EQ(send("Contact: <sip:a@192.168.1.10>\n").status(), 403);
  EXPECT_EQ(send("Contact: <sip:a@192.168.1.5>\n").status(), 200) << "a refresh adds nothing";
  EXPECT_EQ(live(), 10U);
  EXPECT_EQ(send("Contact: *\nExpires: 0\n").status(), 200);
  EXPECT_EQ(live(), 0U);
}

TEST_F(SipRegistrar, NumbersOfOneCallIdMustRise) {
  const std::string contact = "Contact: <sip:a@192.168.1.5>\n";
  EXPECT_EQ(send(contact, 5, "c").status(), 200);
  EXPECT_EQ(send(contact, 5, "c").status(), 500);
  EXPECT_EQ(send(contact, 4, "c").status(), 500);
  EXPECT_EQ(send("Contact: *\nExpires: 0\n", 5, "c").status(), 500);
  EXPECT_EQ(live(), 1U);
  EXPECT_EQ(send(contact, 1, "restarted").status(), 200);
  EXPECT_EQ(live(), 1U);
}

TEST_F(SipRegistrar, ARefusedContactLeavesAllAsItWas) {
  (void)send("Contact: <sip:a@192.168.1.5>\n");
  EXPECT_EQ(send("Contact: <sip:b@192.168.1.6>, <mailto:x@y>\n").status(), 400);
  EXPECT_EQ(live(), 1U);
}

}  // namespace
}  // namespace belfry::sip
