#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "net/self_signed.hpp"
#include "server/doctor/testing.hpp"

namespace belfry::server::doctor {
namespace {

using namespace std::chrono_literals;

struct DoctorMachine : testing::Test, TestMachine {
  DoctorMachine() {
    std::filesystem::create_directory(config.data);
    std::filesystem::permissions(config.data, std::filesystem::perms::owner_all);
  }
  /// The same machine on another day.
  Finding at(base::WallTime day, Findings (*check)(Machine&)) {
    base::VirtualClock other;
    other.step_wall(day - other.wall_now());
    Machine then{config, driver, other, random};
    return check(then).at(0);
  }
};

TEST_F(DoctorMachine, DoesNotAskForACertificateThatIsNotUsedOrNotMade) {
  EXPECT_TRUE(check_certificate(machine).at(0).ok);
  config.http.tls_port = 8443;
  EXPECT_TRUE(check_certificate(machine).at(0).ok);
}

TEST_F(DoctorMachine, NoticesACertificateThatHasEnded) {
  config.http.tls_port = 8443;
  const base::WallTime now = clock.wall_now();
  ASSERT_TRUE(net::ensure_self_signed(config.data, {}, now));
  EXPECT_TRUE(check_certificate(machine).at(0).ok) << check_certificate(machine).at(0).text;
  EXPECT_TRUE(at(now + 824 * 24h, check_certificate).ok);
  EXPECT_FALSE(at(now + 826 * 24h, check_certificate).ok);
}

TEST_F(DoctorMachine, NoticesACertificateThatCannotBeRead) {
  config.http.tls_port = 8443;
  ASSERT_TRUE(net::ensure_self_signed(config.data, {}, clock.wall_now()));
  std::ofstream(config.data + "/tls-key.pem") << "not a key";
  const Finding found = check_certificate(machine).at(0);
  EXPECT_FALSE(found.ok);
  EXPECT_NE(found.text.find("remove"), std::string::npos) << found.text;
}

TEST_F(DoctorMachine, NoticesAClockThatWasNeverSet) {
  const Finding found = at(base::WallTime(), check_clock);
  EXPECT_FALSE(found.ok);
  EXPECT_NE(found.text.find("1970-01-01"), std::string::npos) << found.text;
}

TEST_F(DoctorMachine, NoticesAClockThatTheDiskContradicts) {
  const Finding found = at(clock.wall_now() + 1h, check_clock);
  EXPECT_FALSE(found.ok);
  EXPECT_NE(found.text.find("disk"), std::string::npos) << found.text;
}

TEST_F(DoctorMachine, HasAFindingForEachCheck) {
  config.media.port_range = {21'000, 21'999};
  std::set<std::string> subjects;
  for (const Finding& finding : examine(machine)) {
    EXPECT_TRUE(finding.ok) << finding.subject << ": " << finding.text;
    EXPECT_TRUE(subjects.insert(finding.subject).second) << finding.subject;
  }
  EXPECT_EQ(subjects.size(), 8u);  // no ports and no trunks here
}

}  // namespace
}  // namespace belfry::server::doctor
