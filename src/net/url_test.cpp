#include "net/url.hpp"

namespace belfry::net {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = *Url::parse("HTTPS://me:s%40cret@Example.COM.:8443/a b/\xC3\xA9?q=1&r#part");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.user, "me");
  EXPECT_EQ(url.password, "s%40cret");
  EXPECT_EQ(url.host, "example.com");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.target(), "/a%20b/%C3%A9?q=1&r");
  EXPECT_EQ(url.to_string(), "https://example.com:8443/a%20b/%C3%A9?q=1&r");
}

TEST(Url, FillsInWhatIsNotWritten) {
  EXPECT_EQ(Url::parse("http://h")->to_string(), "http://h/");
  EXPECT_EQ(Url::parse("https://h?x")->to_string(), "https://h/?x");
  EXPECT_EQ(Url::parse("wss://h:443/")->to_string(), "wss://h/");
  EXPECT_EQ(Url::parse("http://[::0001]:80/")->authority(), "[::1]");
}

TEST(Url, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const std::string_view text :
       {"ftp://h/",
        "file:///etc/passwd",
        "//h/",
        "/path",
        "h",
        "",
        "http://",
        "http:///x",
        "http://a@b@c/",
        "http://h\\@evil/",
        "http://h/\r\nX: y",
        "http://127.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://1.2.3.4.5/",
        "http://0x7f000001/",
        "http://127.0.0.0x1/",
        "http://h:65536/",
        "http://h:80a/",
        "http://h:/",
        "http://[::1/",
        "http://[1.2.3.4]/",
        "http://[fe80::1%25eth0]/",
        "http://a b/",
        "http://%31.1.1.1/",
        "http://h..x/",
        "http://\xC3\xA9.example/",
        "http://h\x7F/"})
    EXPECT_FALSE(Url::parse(text)) << text;
  EXPECT_FALSE(Url::parse("http://h/" + std::string(9000, 'a')));
}

TEST(Url, ResolvesReferencesAsRfc3986Says) {
  const auto base = *Url::parse("http://u:p@a/b/c/d?q");
  const std::vector<std::pair<std::string, std::string>> rows{{"g", "http://a/b/c/g"},
                                                              {"./g", "http://a/b/c/g"},
                                                              {"g/", "http://a/b/c/g/"},
                                                              {"/g", "http://a/g"},
                                                              {"//g", "http://g/"},
                                                              {"?y", "http://a/b/c/d?y"},
                                                              {"g?y", "http://a/b/c/g?y"},
                                                              {"", "http://a/b/c/d?q"},
                                                              {".", "http://a/b/c/"},
                                                              {"..", "http://a/b/"},
                                                              {"../g", "http://a/b/g"},
                                                              {"../../../g", "http://a/g"},
                                                              {"/%2e%2E/g", "http://a/g"},
                                                              {"https://x/y", "https://x/y"},
                                                              {"g;x=1/../y", "http://a/b/c/y"}};
  for (const auto& [reference, expected] : rows)
    EXPECT_EQ(base.resolve(reference)->to_string(), expected) << reference;
}

TEST(Url, KeepsCredentialsOnlyWithinTheirOrigin) {
  const auto base = *Url::parse("http://u:p@a/b");
  EXPECT_EQ(base.resolve("/c")->user, "u");
  EXPECT_EQ(base.resolve("http://a/c")->user, "u");
  EXPECT_FALSE(base.resolve("http://b/c")->user);
  EXPECT_FALSE(base.resolve("https://a/c")->user);
  EXPECT_FALSE(base.resolve("http://a:81/c")->user);
}

}  // namespace
}  // namespace belfry::net
