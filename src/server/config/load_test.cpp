#include "server/config/load.hpp"

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "server/config/flags.hpp"
#include "server/config/settings.hpp"

namespace belfry::server {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class LoadConfig : public ::testing::Test {
 protected:
  LoadConfig() {
    std::string pattern = (std::filesystem::temp_directory_path() / "belfry-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    sources_.default_files = {folder_ + "/belfry.toml", folder_ + "/second.toml"};
  }
  ~LoadConfig() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  Config load() {
    auto loaded = load_config(sources_);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? loaded->config : Config();
  }
  Config load_text(std::string_view text) {
    write("belfry.toml", text);
    return load();
  }
  std::string mistake() {
    const auto loaded = load_config(sources_);
    EXPECT_FALSE(loaded);
    return loaded ? "" : loaded.error().message;
  }
  std::string mistake_in(std::string_view text) {
    write("belfry.toml", text);
    return mistake();
  }

  std::string folder_;
  ConfigSources sources_;
};

TEST_F(LoadConfig, NeedsNothing) {
  const auto loaded = load_config(sources_).value();
  EXPECT_EQ(loaded.file, "");
  EXPECT_TRUE(loaded.origins.empty());
  EXPECT_EQ(loaded.config.listen, "127.0.0.1");
  EXPECT_EQ(loaded.config.http.port, 8080);
  EXPECT_EQ(loaded.config.http.extra_ports, (std::vector<std::uint16_t>{3000, 8000}));
  EXPECT_EQ(loaded.config.media.port_range, (PortRange{20'000, 20'999}));
  EXPECT_EQ(loaded.config.simulator, Switch::automatic);
  EXPECT_FALSE(loaded.config.twilio.auth_token.has_value());
}

TEST_F(LoadConfig, ReadsEveryKindOfValueFromTheFile) {
  const Config config = load_text(R"(
data = "/tmp/b"
simulator = "off"
drain_timeout = 5
[http]
port = 0
extra_ports = [1, 65535]
allowed_hosts = ["a.example", "b.example"]
[sip]
tcp = false
[media]
port_range = "30000-30099"
[log]
level = "debug"
format = "json"
[twilio]
auth_token = ""
)");
  EXPECT_EQ(config.data, "/tmp/b");
  EXPECT_EQ(config.simulator, Switch::off);
  EXPECT_EQ(config.drain_timeout, 5s);
  EXPECT_EQ(config.http.port, 0);
  EXPECT_EQ(config.http.extra_ports, (std::vector<std::uint16_t>{1, 65535}));
  EXPECT_EQ(config.http.allowed_hosts, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_FALSE(config.sip.tcp);
  EXPECT_EQ(config.media.port_range, (PortRange{30'000, 30'099}));
  EXPECT_EQ(config.log.level, base::log::Level::debug);
  EXPECT_EQ(config.log.format, base::log::Format::json);
  EXPECT_EQ(config.twilio.auth_token, "");
}

TEST_F(LoadConfig, ReadsTrunksRoutesPhonesAndNumbers) {
  const Config config = load_text(R"(
[[trunk]]
name = "panama"
host = "127.0.0.1:5070"
transport = "tls"
username = "u"
password = "p"
register = true
max_calls_per_second = 6
max_channels = 31
[[route]]
prefix = "+507"
trunk = "panama"
caller_id = "+5073009999"
priority = 2
weight = 50
[[route]]
trunk = "simulator"
[[phone]]
user = "desk1"
password = "long-secret"
number = "+15550001111"
[[number]]
number = "+15550002222"
voice_url = "http://127.0.0.1:9/voice"
voice_method = "GET"
fallback_url = "http://127.0.0.1:9/fallback"
status_callback = "http://127.0.0.1:9/status"
[[sim.phone]]
number = "+14155551234"
on_call = "answer"
answer_after_ms = 800
script = [ {after_speech = true, press = "1"}, {hang_up = true} ]
network = {loss = 0.05, jitter_ms = 60}
)");
  ASSERT_EQ(config.trunks.size(), 1);
  EXPECT_EQ(config.trunks[0].name, "panama");
  EXPECT_EQ(config.trunks[0].host, "127.0.0.1:5070");
  EXPECT_EQ(config.trunks[0].transport, Transport::tls);
  EXPECT_EQ(config.trunks[0].username, "u");
  EXPECT_EQ(config.trunks[0].password, "p");
  EXPECT_TRUE(config.trunks[0].register_out);
  EXPECT_EQ(config.trunks[0].max_calls_per_second, 6);
  EXPECT_EQ(config.trunks[0].max_channels, 31);
  ASSERT_EQ(config.routes.size(), 2);
  EXPECT_EQ(config.routes[0].prefix, "+507");
  EXPECT_EQ(config.routes[0].trunk, "panama");
  EXPECT_EQ(config.routes[0].caller_id, "+5073009999");
  EXPECT_EQ(config.routes[0].priority, 2);
  EXPECT_EQ(config.routes[0].weight, 50);
  EXPECT_EQ(config.routes[1].weight, 100);
  ASSERT_EQ(config.phones.size(), 1);
  EXPECT_EQ(config.phones[0].user, "desk1");
  EXPECT_EQ(config.phones[0].password, "long-secret");
  EXPECT_EQ(config.phones[0].number, "+15550001111");
  ASSERT_EQ(config.numbers.size(), 1);
  EXPECT_EQ(config.numbers[0].number, "+15550002222");
  EXPECT_EQ(config.numbers[0].voice_method, Method::get);
  EXPECT_EQ(config.numbers[0].fallback_url, "http://127.0.0.1:9/fallback");
  EXPECT_EQ(config.numbers[0].status_callback, "http://127.0.0.1:9/status");
  ASSERT_EQ(config.sim.phones.size(), 1);
  EXPECT_EQ(config.sim.phones[0].number, "+14155551234");
  EXPECT_EQ(
      base::json::value(config.sim.phones[0].behaviour),
      base::json::parse(
          R"({"on_call":"answer","answer_after_ms":800,"script":[{"after_speech":true,"press":"1"},{"hang_up":true}],"network":{"loss":0.05,"jitter_ms":60}})"
      )
          .value()
  );
}

TEST_F(LoadConfig, FlagsComeBeforeTheEnvironmentBeforeTheFileBeforeTheDefaults) {
  const std::string file =
      write("belfry.toml", "[http]\nport = 1\ntls_port = 2\n\n[sip]\nport = 3\n");
  sources_.environment = {
      {"BELFRY_HTTP__PORT", "11"}, {"BELFRY_HTTP__TLS_PORT", "12"}, {"PATH", "x"}
  };
  sources_.flags = {{"http.port", "21"}};
  const auto loaded = load_config(sources_).value();
  EXPECT_EQ(loaded.config.http.port, 21);
  EXPECT_EQ(loaded.config.http.tls_port, 12);
  EXPECT_EQ(loaded.config.sip.port, 3);
  EXPECT_EQ(loaded.origins.at("http.port"), "--http-port");
  EXPECT_EQ(loaded.origins.at("http.tls_port"), "BELFRY_HTTP__TLS_PORT");
  EXPECT_EQ(loaded.origins.at("sip.port"), file + ":6");
  EXPECT_FALSE(loaded.origins.contains("data"));
}

TEST_F(LoadConfig, TellsAnEmptyTwilioVariableFromNone) {
  sources_.environment = {{"TWILIO_ACCOUNT_SID", "AC1"}, {"TWILIO_AUTH_TOKEN", ""}};
  const auto loaded = load_config(sources_).value();
  EXPECT_EQ(loaded.config.twilio.account_sid, "AC1");
  EXPECT_EQ(loaded.config.twilio.auth_token, "");
  EXPECT_EQ(loaded.config.twilio.phone_number, std::nullopt);
  EXPECT_EQ(loaded.origins.at("twilio.account_sid"), "TWILIO_ACCOUNT_SID");
  sources_.environment.emplace_back("BELFRY_TWILIO__ACCOUNT_SID", "AC2");
  EXPECT_EQ(load().twilio.account_sid, "AC2");
}

TEST_F(LoadConfig, MakesADatabaseUrlOfTheVariablesOfTake5) {
  const std::string file = write("belfry.toml", "database_url = \"postgresql://file/x\"\n");
  sources_.environment = {{"DB_USER", "u"}, {"DB_NAME", "n"}};
  EXPECT_EQ(load().database_url, "postgresql://file/x")
      << "without a host they are somebody else's";
  sources_.environment = {{"DB_HOST", "db.example"}};
  EXPECT_EQ(load().database_url, "postgresql://postgres@db.example:5432/take5");
  sources_.environment = {
      {"DB_HOST", "::1"},
      {"DB_PORT", "6000"},
      {"DB_USER", "a b"},
      {"DB_PASSWORD", "p@:/%"},
      {"DB_NAME", "n"}
  };
  const auto loaded = load_config(sources_).value();
  EXPECT_EQ(loaded.config.database_url, "postgresql://a%20b:p%40%3A%2F%25@[::1]:6000/n");
  EXPECT_EQ(loaded.origins.at("database_url"), "DB_HOST");
  sources_.environment.emplace_back("DATABASE_URL", "postgresql://variable/x");
  EXPECT_EQ(load().database_url, "postgresql://variable/x");
  sources_.environment.emplace_back("BELFRY_DATABASE_URL", "postgresql://ours/x");
  EXPECT_EQ(load().database_url, "postgresql://ours/x");
  sources_.flags = {{"database_url", "sqlite"}};
  EXPECT_EQ(load().database_url, "sqlite");
}

TEST_F(LoadConfig, ReadsSecretsFromFiles) {
  const std::string secret = write("secret", "whsec_x\n");
  sources_.environment = {{"BELFRY_FLUX__WEBHOOK_SECRET_FILE", secret}};
  EXPECT_EQ(load().flux.webhook_secret, "whsec_x");
  sources_.environment.emplace_back("BELFRY_FLUX__WEBHOOK_SECRET", "y");
  EXPECT_THAT(mistake(), HasSubstr("is given beside BELFRY_FLUX__WEBHOOK_SECRET"));
  sources_.environment = {{"BELFRY_FLUX__WEBHOOK_SECRET_FILE", folder_ + "/none"}};
  EXPECT_THAT(mistake(), HasSubstr("cannot read " + folder_ + "/none"));
}

TEST_F(LoadConfig, ReadsListsFromTheEnvironment) {
  sources_.environment = {
      {"BELFRY_HTTP__EXTRA_PORTS", ""}, {"BELFRY_HTTP__ALLOWED_HOSTS", "a.example, b.example"}
  };
  const Config config = load();
  EXPECT_TRUE(config.http.extra_ports.empty());
  EXPECT_EQ(config.http.allowed_hosts, (std::vector<std::string>{"a.example", "b.example"}));
}

TEST_F(LoadConfig, ChoosesOneFile) {
  write("second.toml", "listen = \"second\"");
  EXPECT_EQ(load().listen, "second");
  write("belfry.toml", "listen = \"first\"");
  EXPECT_EQ(load().listen, "first");
  sources_.environment = {{"BELFRY_CONFIG", write("third.toml", "listen = \"third\"")}};
  EXPECT_EQ(load().listen, "third");
  sources_.file = write("fourth.toml", "listen = \"fourth\"");
  EXPECT_EQ(load().listen, "fourth");
  sources_.file = folder_ + "/none.toml";
  EXPECT_THAT(mistake(), HasSubstr("none.toml"));
}

TEST_F(LoadConfig, NamesTheNearestOfAnUnknownKey) {
  EXPECT_THAT(
      mistake_in("[http]\nprot = 1"),
      HasSubstr("belfry.toml:2: unknown key \"http.prot\"; did you mean \"http.port\"?")
  );
  EXPECT_THAT(mistake_in("[htpp]\nport = 1"), HasSubstr("belfry.toml:1: unknown key \"htpp\""));
  EXPECT_THAT(mistake_in("[[trunks]]\nname = \"a\""), HasSubstr("did you mean \"trunk\"?"));
  EXPECT_THAT(
      mistake_in("[[trunk]]\nname = \"a\"\nhots = \"b\"\nhost = \"c\""),
      HasSubstr("belfry.toml:3: unknown key in [[trunk]] \"hots\"; did you mean \"host\"?")
  );
  EXPECT_THAT(
      mistake_in("[[sim.phone]]\nnumber = \"1\"\nonn_call = \"busy\""),
      HasSubstr("did you mean \"on_call\"?")
  );
  EXPECT_THAT(
      mistake_in("[[sim.phone]]\nnumber = \"1\"\nscript = [{pres = \"1\"}]"),
      HasSubstr("did you mean \"press\"?")
  );
  write("belfry.toml", "");
  sources_.environment = {{"BELFRY_HTTP_PORT", "1"}};
  EXPECT_THAT(
      mistake(), HasSubstr("BELFRY_HTTP_PORT: unknown variable \"BELFRY_HTTP_PORT\"; did you mean "
                           "\"BELFRY_HTTP__PORT\"?")
  );
}

TEST_F(LoadConfig, TellsWhatAWrongValueShouldBe) {
  EXPECT_THAT(
      mistake_in("[http]\n\nport = \"80\""),
      HasSubstr("belfry.toml:3: http.port must be a whole number, not text")
  );
  EXPECT_THAT(
      mistake_in("[http]\nport = 65536"),
      HasSubstr("http.port must be at least 0 and at most 65535")
  );
  EXPECT_THAT(
      mistake_in("[http]\nextra_ports = [1, \"2\"]"), HasSubstr("must be a list of whole numbers")
  );
  EXPECT_THAT(mistake_in("http = 1"), HasSubstr("unknown key \"http\""));
  EXPECT_THAT(mistake_in("data = {a = 1}"), HasSubstr("data must be text, not a table"));
  EXPECT_THAT(
      mistake_in("simulator = \"yes\""), HasSubstr("simulator must be one of auto, on, off")
  );
  EXPECT_THAT(mistake_in("drain_timeout = -1"), HasSubstr("must not be negative"));
  EXPECT_THAT(mistake_in("[media]\nport_range = \"9-8\""), HasSubstr("must be a range of ports"));
  EXPECT_THAT(mistake_in("[trunk]\nname = \"a\""), HasSubstr("must be written as [[trunk]]"));
  EXPECT_THAT(mistake_in("[[phone]]\nuser = \"a\""), HasSubstr("[[phone]] needs password"));
  EXPECT_THAT(mistake_in("[http\nport = 1"), HasSubstr("line 1"));
  write("belfry.toml", "");
  sources_.environment = {{"BELFRY_SIP__TCP", "maybe"}};
  EXPECT_THAT(mistake(), HasSubstr("BELFRY_SIP__TCP: expected true or false"));
  sources_.environment = {};
  sources_.flags = {{"http.port", "8o"}};
  EXPECT_THAT(mistake(), HasSubstr("--http-port: expected a whole number"));
}

TEST_F(LoadConfig, TellsAllMistakesAtOnce) {
  const std::string all = mistake_in("lisen = \"a\"\n[http]\nport = true");
  EXPECT_THAT(all, HasSubstr("lisen"));
  EXPECT_THAT(all, HasSubstr("http.port"));
}

TEST_F(LoadConfig, KnowsTheCodecs) {
  EXPECT_THAT(
      mistake_in("[media]\ncodecs = [\"G722\", \"PCMUU\"]"), HasSubstr("did you mean \"PCMU\"?")
  );
  EXPECT_THAT(mistake_in("[media]\ncodecs = []"), HasSubstr("media.codecs: names none"));
}

TEST_F(LoadConfig, ChecksWhatBelongsTogether) {
  const std::string trunk = "[[trunk]]\nname = \"panama\"\nhost = \"h\"\n";
  EXPECT_THAT(
      mistake_in(trunk + "[[route]]\ntrunk = \"panma\""),
      HasSubstr("unknown trunk \"panma\"; did you mean \"panama\"?")
  );
  EXPECT_THAT(mistake_in(trunk + trunk), HasSubstr("\"panama\" is there twice"));
  EXPECT_THAT(mistake_in("[[number]]\nnumber = \"+1\""), HasSubstr("either voice_url or twiml"));
}

TEST_F(LoadConfig, ReadsRecorders) {
  const std::string archive =
      "[[siprec]]\nname = \"archive\"\nuri = \"sip:srs@127.0.0.1:5070;transport=tcp\"\n";
  const Config config =
      load_text(archive + "username = \"u\"\npassword = \"p\"\nsrtp = \"required\"\n");
  ASSERT_EQ(config.siprecs.size(), 1);
  EXPECT_EQ(config.siprecs[0].name, "archive");
  EXPECT_EQ(config.siprecs[0].uri, "sip:srs@127.0.0.1:5070;transport=tcp");
  EXPECT_EQ(config.siprecs[0].username, "u");
  EXPECT_EQ(config.siprecs[0].password, "p");
  EXPECT_EQ(config.siprecs[0].srtp, Srtp::required);
  EXPECT_THAT(mistake_in(archive + archive), HasSubstr("\"archive\" is there twice"));
  EXPECT_THAT(mistake_in("[[siprec]]\nname = \"a\""), HasSubstr("[[siprec]] needs uri"));
  EXPECT_THAT(
      mistake_in("[[siprec]]\nname = \"a\"\nuri = \"http://x\""), HasSubstr("begins with sip:")
  );
}

class Flags : public LoadConfig {
 protected:
  /// @return the error's exit code; 0 when all was understood.
  int parse(std::vector<std::string> arguments) {
    CLI::App app;
    add_flags(app, sources_);
    std::ranges::reverse(arguments);
    try {
      app.parse(arguments);
    } catch (const CLI::ParseError& error) {
      return error.get_exit_code();
    }
    return 0;
  }
};

TEST_F(Flags, AreThereForEverySetting) {
  ASSERT_EQ(
      parse(
          {"--http-port", "8081", "--sip-tcp=false", "--http-extra-ports", "1,2", "--data=/tmp/x",
           "--config", write("f.toml", "listen = \"::1\"")}
      ),
      0
  );
  const Config config = load();
  EXPECT_EQ(config.http.port, 8081);
  EXPECT_FALSE(config.sip.tcp);
  EXPECT_EQ(config.http.extra_ports, (std::vector<std::uint16_t>{1, 2}));
  EXPECT_EQ(config.data, "/tmp/x");
  EXPECT_EQ(config.listen, "::1");
  EXPECT_NE(parse({"--http-prot", "1"}), 0);
  for (const auto& setting : settings()) {
    sources_.flags.clear();
    ASSERT_EQ(parse({flag_name(setting.key) + "=true"}), 0) << setting.key;
    EXPECT_TRUE(sources_.flags.contains(setting.key)) << setting.key;
  }
}

TEST_F(Flags, OfABooleanMayStandAlone) {
  write("belfry.toml", "[sip]\ntcp = false");
  ASSERT_EQ(parse({"--sip-tcp"}), 0);
  EXPECT_TRUE(load().sip.tcp);
}

}  // namespace
}  // namespace belfry::server
