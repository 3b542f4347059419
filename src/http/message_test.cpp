#include "http/message.hpp"

#include "http/basic_credentials.hpp"
#include "http/gzip.hpp"
#include "http/static_files.hpp"
#include "http/wire.hpp"

namespace belfry::http {
namespace {

TEST(Form, KeepsOrderAndRepeatedNames) {
  const auto form =
      *Form::parse("To=%2B65+6&StatusCallbackEvent=a&StatusCallbackEvent=b&Empty=&Flag");
  EXPECT_EQ(form.value_or("To", ""), "+65 6");
  EXPECT_EQ(form.all("StatusCallbackEvent"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(form.get("Empty"), "");
  EXPECT_TRUE(form.has("Flag"));
  EXPECT_FALSE(form.has("to"));
  EXPECT_EQ(Form::parse(form.serialize())->fields(), form.fields());
}

TEST(Form, RefusesBrokenAndHugeInput) {
  for (const std::string_view bad : {"a=%", "a=%4", "a=%zz", "%=b", "a=%ff", "a=%00"})
    EXPECT_FALSE(Form::parse(bad)) << bad;
  std::string fields;
  for (int i = 0; i < 500; ++i) fields += "a=b&";
  EXPECT_TRUE(Form::parse(fields));
  EXPECT_EQ(Form::parse(fields + "a=b").error().code, base::Errc::too_large);
}

TEST(Headers, CompareWithoutCaseAndReadLists) {
  Headers headers{{"Accept-Encoding", "br, GZIP;q=0.5, deflate;q=0"}, {"X", "1"}};
  headers.add("x", "2");
  EXPECT_EQ(headers.all("X").size(), 2U);
  EXPECT_TRUE(headers.lists("accept-encoding", "gzip"));
  EXPECT_FALSE(headers.lists("accept-encoding", "deflate"));
  headers.set("X", "3");
  EXPECT_EQ(headers.all("x"), std::vector<std::string_view>{"3"});
}

TEST(Request, KnowsItsParts) {
  Request request = Request::make("GET", "/a?b=c");
  request.headers.add("Host", "[::1]:8080");
  request.headers.add("Content-Type", "Application/JSON; charset=utf-8");
  EXPECT_EQ(request.host_name(), "[::1]");
  EXPECT_EQ(request.url(), "http://[::1]:8080/a?b=c");
  EXPECT_EQ(request.query, "b=c");
  EXPECT_EQ(request.content_type(), "application/json");
}

TEST(Wire, NoHeaderValueCanAddAHeader) {
  Response response = redirect(302, "/x\r\nSet-Cookie: evil=1");
  const std::string head = head_of(response, base::WallTime{}, true, 1);
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos) << head;
  EXPECT_NE(head.find("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), std::string::npos) << head;
}

const std::string large_script(5000, 'x');
const std::array<StaticFile, 2> site{
    StaticFile{"/index.html", "text/html; charset=utf-8", "<p>", "\"1\""},
    StaticFile{"/assets/app.js", "text/javascript; charset=utf-8", large_script, "\"2\""}
};

TEST(StaticFiles, ServesPagesToBrowsersAndNothingElse) {
  const StaticFiles files(site);
  Request page = Request::make("GET", "/calls/CA1");
  EXPECT_EQ(files.serve(page).status, 404);
  page.headers.add("Accept", "text/html,*/*");
  EXPECT_EQ(files.serve(page).body, "<p>");
  EXPECT_EQ(files.serve(Request::make("GET", "/")).headers.get("Cache-Control"), "no-cache");
  Request missing = page;
  missing.path = "/assets/gone.js";
  EXPECT_EQ(files.serve(missing).status, 404);
  EXPECT_EQ(files.serve(Request::make("POST", "/")).status, 404);
  EXPECT_EQ(files.serve(Request::make("GET", "/assets/../index.html")).status, 404);
}

TEST(Gzip, UnpacksWhatItPackedAndNothingElse) {
  const std::string text(100'000, 'x');
  const std::string packed = gzip(text, 6);
  EXPECT_EQ(gunzip(packed, text.size()), text);
  EXPECT_EQ(gunzip(packed, text.size() - 1).error().code, base::Errc::too_large);
  EXPECT_EQ(
      gunzip(packed.substr(0, packed.size() - 9), text.size()).error().code, base::Errc::malformed
  );
  EXPECT_EQ(gunzip("text", 100).error().code, base::Errc::malformed);
  EXPECT_EQ(gunzip("", 100).error().code, base::Errc::malformed);
}

TEST(BasicCredentials, AreReadOrNotThere) {
  const auto read = [](const char* header) {
    Request request = Request::make("GET", "/");
    if (header != nullptr) request.headers.add("Authorization", header);
    const auto given = basic_credentials(request);
    return given ? given->user + "|" + given->secret : "nothing";
  };
  EXPECT_EQ(read("Basic dXNlcjpzZWM6cmV0"), "user|sec:ret");
  EXPECT_EQ(read("basic  dXNlcjo="), "user|");
  EXPECT_EQ(read(nullptr), "nothing");
  for (const char* header :
       {"", "Bas", "Basic", "Basic ", "Bearer dXNlcjpz", "Basic dXNlcg==", "Basic %%%"})
    EXPECT_EQ(read(header), "nothing") << header;
}

TEST(StaticFiles, KeepsAssetsForGoodAndAnswers304) {
  const StaticFiles files(site);
  Request request = Request::make("GET", "/assets/app.js");
  request.headers.add("Accept-Encoding", "gzip");
  const Response first = files.serve(request);
  EXPECT_EQ(first.headers.get("Content-Encoding"), "gzip");
  EXPECT_LT(first.body.size(), 200U);
  EXPECT_NE(first.headers.get("Cache-Control")->find("immutable"), std::string::npos);
  request.headers.add("If-None-Match", std::string(*first.headers.get("ETag")));
  const Response second = files.serve(request);
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
}

}  // namespace
}  // namespace belfry::http
