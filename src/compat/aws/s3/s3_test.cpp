#include "compat/aws/s3/s3.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/encoding.hpp"
#include "identity/recording_vault.hpp"
#include "store/blob_folder.hpp"
#include "store/testing.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// One life of a server, over a store and a folder that outlive it.
struct Life {
  Life(store::testing::Fixture& memory, const fs::path& folder)
      : store(memory), files(folder, pool, &vault) {
    s3.add_to(door);
    door.add_to(router);
    EXPECT_TRUE(wait(s3.catalog().load()));
  }
  template <class T>
  T wait(base::Task<T> task) {
    return store::testing::wait_for(store.loop, std::move(task));
  }
  static std::optional<Door::Keyholder> find_key(const std::string& id) {
    if (id == "AKID") return Door::Keyholder{"secret", "AC1"};
    if (id == "OTHER") return Door::Keyholder{"secret", "AC2"};
    return std::nullopt;
  }

  http::Request request(
      std::string method, std::string target, std::string body = {}, http::Headers headers = {}
  ) {
    http::Request made = http::Request::make(std::move(method), std::move(target), std::move(body));
    made.headers = std::move(headers);
    made.headers.set("Host", "localhost:8080");
    identity::sigv4::Request part = signed_part(made);
    identity::sigv4::sign(
        part, base::sha256_hex(made.body), {key, "secret"}, "eu-west-1", "s3", store.loop.wall_now()
    );
    for (const auto& [name, value] : part.headers) made.headers.set(name, value);
    return made;
  }
  http::Response send(http::Request made) {
    http::Response response = wait(router.dispatch(std::move(made)));
    while (response.stream) {
      const auto piece = wait(response.stream->next());
      if (!piece) break;
      response.body += *piece;
    }
    return response;
  }
  http::Response ask(
      std::string method, std::string target, std::string body = {}, http::Headers headers = {}
  ) {
    return send(request(std::move(method), std::move(target), std::move(body), std::move(headers)));
  }
  std::string begin_upload(std::string target) {
    const auto begun = ask("POST", std::move(target) + "?uploads=");
    const auto at = begun.body.find("<UploadId>") + 10;
    return begun.body.substr(at, begun.body.find('<', at) - at);
  }
  static std::string part_list(const std::vector<http::Response>& parts) {
    std::string list = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < parts.size(); ++i)
      list += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
              std::string(parts[i].headers.get("ETag").value_or("")) + "</ETag></Part>";
    return list + "</CompleteMultipartUpload>";
  }

  store::testing::Fixture& store;
  std::string key = "AKID";
  base::SeededRandom random{7};
  base::WorkerPool pool{store.loop, 0};
  identity::SealedRecordings vault{
      identity::Sealer(std::vector<std::byte>(32, std::byte{5})), random
  };
  store::BlobFolder files;
  S3 s3{{store.loop, random, *store.store, files, pool}};
  Door door{store.loop, random, find_key};
  http::Router router{store.loop};
};

struct S3Test : testing::Test {
  S3Test() { EXPECT_EQ(life->ask("PUT", "/calls").status, 200); }
  void restart() {
    const std::uint64_t seed = ++lives;
    life = std::make_unique<Life>(store, folder.path());
    life->random = base::SeededRandom(seed);
  }
  std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator())
    );
  }
  static std::string code_of(const http::Response& response) {
    const auto at = response.body.find("<Code>");
    if (at == std::string::npos) return std::to_string(response.status);
    return response.body.substr(at + 6, response.body.find('<', at + 6) - at - 6);
  }

  store::testing::TemporaryFolder folder;
  store::testing::Fixture store;
  std::uint64_t lives = 100;
  std::unique_ptr<Life> life = std::make_unique<Life>(store, folder.path());
};

TEST_F(S3Test, KeepsObjectsOverARestartR1) {
  const auto put = life->ask(
      "PUT", "/calls/2026/a%20b%2Bc.wav", "0123456789",
      {{"Content-Type", "audio/wav"}, {"x-amz-meta-call", "CA1"}}
  );
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.headers.get("ETag"), "\"781e5e245d69b566979b86e28d23f2c7\"");
  restart();
  const auto got = life->ask("GET", "/calls/2026/a%20b%2Bc.wav");
  EXPECT_EQ(got.body, "0123456789");
  EXPECT_EQ(got.headers.get("Content-Type"), "audio/wav");
  EXPECT_EQ(got.headers.get("x-amz-meta-call"), "CA1");
  EXPECT_EQ(got.headers.get("Content-Length"), "10");
  EXPECT_EQ(got.headers.get("ETag"), put.headers.get("ETag"));
  const auto head = life->ask("HEAD", "/calls/2026/a%20b%2Bc.wav");
  EXPECT_EQ(head.headers.get("Content-Length"), "10");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(life->ask("DELETE", "/calls/2026/a%20b%2Bc.wav").status, 204);
  EXPECT_EQ(life->ask("DELETE", "/calls/2026/a%20b%2Bc.wav").status, 204) << "a second time too";
  restart();
  EXPECT_EQ(code_of(life->ask("GET", "/calls/2026/a%20b%2Bc.wav")), "NoSuchKey");
  EXPECT_EQ(file_count(), 0u);
}

TEST_F(S3Test, GivesRangesAndKnowsWhatTheClientHas) {
  const auto put = life->ask("PUT", "/calls/a", "0123456789");
  const auto middle = life->ask("GET", "/calls/a", "", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(middle.body, "234");
  EXPECT_EQ(middle.headers.get("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(life->ask("GET", "/calls/a", "", {{"Range", "bytes=-3"}}).body, "789");
  EXPECT_EQ(life->ask("GET", "/calls/a", "", {{"Range", "bytes=8-"}}).body, "89");
  EXPECT_EQ(code_of(life->ask("GET", "/calls/a", "", {{"Range", "bytes=10-"}})), "InvalidRange");
  const std::string etag(*put.headers.get("ETag"));
  EXPECT_EQ(life->ask("GET", "/calls/a", "", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(life->ask("GET", "/calls/a", "", {{"If-Match", "\"x\""}}).status, 412);
}

TEST_F(S3Test, FilesAreSealedP4) {
  const std::string secret = "nobody reads this on the disk, wherever it is";
  EXPECT_EQ(life->ask("PUT", "/calls/a", secret).status, 200);
  const std::string id = life->begin_upload("/calls/b");
  EXPECT_EQ(life->ask("PUT", "/calls/b?partNumber=1&uploadId=" + id, secret).status, 200);
  EXPECT_EQ(file_count(), 2u) << "and nothing plain beside them";
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    EXPECT_FALSE(text.str().contains("nobody")) << entry.path();
    EXPECT_FALSE(text.str().empty());
  }
}

TEST_F(S3Test, AFileThatIsDamagedIsNotSentAsWhole) {
  EXPECT_EQ(life->ask("PUT", "/calls/a", std::string(1000, 'x')).status, 200);
  const fs::path file = fs::directory_iterator(folder.path())->path();
  fs::resize_file(file, fs::file_size(file) - 1);
  const auto got = life->ask("GET", "/calls/a");
  EXPECT_EQ(got.headers.get("Content-Length"), "1000");
  EXPECT_EQ(got.body, "") << "the server cuts a stream that ends before its length";
}

TEST_F(S3Test, ReplacesAnObjectAndItsFile) {
  EXPECT_EQ(life->ask("PUT", "/calls/a", "first").status, 200);
  EXPECT_EQ(life->ask("PUT", "/calls/a", "second").status, 200);
  EXPECT_EQ(life->ask("GET", "/calls/a").body, "second");
  EXPECT_EQ(file_count(), 1u);
  EXPECT_EQ(life->ask("PUT", "/calls/a", "").status, 200);
  EXPECT_EQ(life->ask("GET", "/calls/a").body, "");
  EXPECT_EQ(file_count(), 0u) << "nothing needs no file";
}

TEST_F(S3Test, KeysAreNoPathsH6) {
  for (const char* target : {"/calls/../../etc/passwd", "/calls/%2E%2E/x", "/calls//a//b/"}) {
    EXPECT_EQ(life->ask("PUT", target, "x").status, 200) << target;
    EXPECT_EQ(life->ask("GET", target).body, "x") << target;
  }
  EXPECT_EQ(file_count(), 3u);
  EXPECT_EQ(code_of(life->ask("PUT", "/calls/%ff", "x")), "InvalidURI");
  EXPECT_EQ(code_of(life->ask("PUT", "/calls/" + std::string(1025, 'k'), "x")), "KeyTooLongError");
}

TEST_F(S3Test, MakesAnObjectOfItsPartsAlsoOverARestart) {
  const std::string id = life->begin_upload("/calls/long.wav");
  const std::string target = "/calls/long.wav?uploadId=" + id;
  const std::string first(S3::min_part, 'a');
  std::vector<http::Response> parts;
  parts.push_back(life->ask("PUT", target + "&partNumber=1", first));
  EXPECT_EQ(life->ask("PUT", target + "&partNumber=2", "replaced").status, 200);
  restart();
  parts.push_back(life->ask("PUT", target + "&partNumber=2", "end"));
  EXPECT_EQ(life->ask("PUT", target + "&partNumber=7", "in no list").status, 200);
  EXPECT_EQ(code_of(life->ask("GET", "/calls/long.wav")), "NoSuchKey") << "not before it is whole";
  const auto completed = life->ask("POST", target, Life::part_list(parts));
  EXPECT_EQ(completed.status, 200) << completed.body;
  EXPECT_TRUE(completed.body.contains("-2&quot;</ETag>")) << completed.body;
  EXPECT_EQ(file_count(), 2u);
  const auto again = life->ask("POST", target, Life::part_list(parts));
  EXPECT_EQ(again.body, completed.body) << "whoever did not hear the answer asks again";
  restart();
  const auto got = life->ask("GET", "/calls/long.wav");
  EXPECT_EQ(got.body, first + "end");
  const std::string range = "bytes=" + std::to_string(first.size() - 2) + "-";
  EXPECT_EQ(life->ask("GET", "/calls/long.wav", "", {{"Range", range}}).body, "aaend");
  EXPECT_FALSE(life->ask("GET", "/calls?uploads=").body.contains("<Upload>"));
}

TEST_F(S3Test, RefusesPartsThatMakeNoObject) {
  const std::string id = life->begin_upload("/calls/a");
  const std::string target = "/calls/a?uploadId=" + id;
  std::vector<http::Response> parts;
  parts.push_back(life->ask("PUT", target + "&partNumber=1", "small"));
  parts.push_back(life->ask("PUT", target + "&partNumber=2", "end"));
  EXPECT_EQ(code_of(life->ask("POST", target, Life::part_list(parts))), "EntityTooSmall");
  std::swap(parts[0], parts[1]);
  EXPECT_EQ(code_of(life->ask("POST", target, Life::part_list(parts))), "InvalidPart");
  EXPECT_EQ(code_of(life->ask("POST", target, "<CompleteMultipartUpload/>")), "MalformedXML");
  EXPECT_EQ(code_of(life->ask("POST", target, "<!DOCTYPE x><x/>")), "MalformedXML");
  EXPECT_EQ(code_of(life->ask("PUT", target + "&partNumber=0", "x")), "InvalidArgument");
  EXPECT_EQ(
      code_of(life->ask("PUT", "/calls/b?uploadId=" + id + "&partNumber=1", "x")), "NoSuchUpload"
  );
  const std::string listed = life->ask("GET", target).body;
  EXPECT_TRUE(listed.contains("<PartNumber>2</PartNumber>")) << listed;
  EXPECT_EQ(code_of(life->ask("DELETE", "/calls")), "BucketNotEmpty");
  EXPECT_EQ(life->ask("DELETE", target).status, 204);
  EXPECT_EQ(code_of(life->ask("DELETE", target)), "NoSuchUpload");
  EXPECT_EQ(file_count(), 0u);
  EXPECT_EQ(life->ask("DELETE", "/calls").status, 204);
  EXPECT_EQ(code_of(life->ask("PUT", "/calls/a", "x")), "NoSuchBucket");
}

TEST_F(S3Test, UpkeepRemovesWhatNobodyNamesAndGivesOldUploadsUp) {
  EXPECT_EQ(life->ask("PUT", "/calls/a", "kept").status, 200);
  const std::string id = life->begin_upload("/calls/b");
  EXPECT_EQ(life->ask("PUT", "/calls/b?partNumber=1&uploadId=" + id, "part").status, 200);
  // What a crash leaves between the file and its row.
  EXPECT_TRUE(life->wait(life->files.write("BOforgotten", "x")));
  EXPECT_TRUE(life->wait(life->s3.catalog().upkeep()));
  EXPECT_EQ(file_count(), 3u) << "a row may still come";
  store.clock.advance(8 * 24h);
  const auto long_ago = std::chrono::file_clock::from_sys(store.clock.wall_now() - 2h);
  for (const auto& entry : fs::directory_iterator(folder.path()))
    fs::last_write_time(entry.path(), long_ago);
  EXPECT_TRUE(life->wait(life->s3.catalog().upkeep()));
  EXPECT_EQ(file_count(), 1u);
  EXPECT_EQ(life->ask("GET", "/calls/a").body, "kept");
  EXPECT_EQ(code_of(life->ask("DELETE", "/calls/b?uploadId=" + id)), "NoSuchUpload");
}

TEST_F(S3Test, ABucketIsItsAccountsAlone) {
  EXPECT_EQ(life->ask("PUT", "/calls/a", "mine").status, 200);
  EXPECT_EQ(code_of(life->ask("PUT", "/calls")), "BucketAlreadyOwnedByYou");
  EXPECT_EQ(code_of(life->ask("PUT", "/No")), "InvalidBucketName");
  life->key = "OTHER";
  EXPECT_EQ(code_of(life->ask("PUT", "/calls")), "BucketAlreadyExists");
  EXPECT_EQ(code_of(life->ask("GET", "/calls/a")), "AccessDenied");
  EXPECT_EQ(code_of(life->ask("DELETE", "/calls/a")), "AccessDenied");
  EXPECT_FALSE(life->ask("GET", "/").body.contains("<Bucket>"));
}

TEST_F(S3Test, DeletesSeveralAtOnce) {
  for (const char* target : {"/calls/a", "/calls/b", "/calls/c"})
    EXPECT_EQ(life->ask("PUT", target, "x").status, 200);
  const auto deleted = life->ask(
      "POST", "/calls?delete=",
      "<Delete><Object><Key>a</Key></Object><Object><Key>c</Key></Object>"
      "<Object><Key>never</Key></Object></Delete>"
  );
  EXPECT_TRUE(deleted.body.contains("<Deleted><Key>never</Key></Deleted>")) << deleted.body;
  const std::string left = life->ask("GET", "/calls?list-type=2").body;
  EXPECT_TRUE(left.contains("<KeyCount>1</KeyCount>")) << left;
  EXPECT_TRUE(left.contains("<Key>b</Key>")) << left;
}

TEST_F(S3Test, DoesNotPretendToDoWhatItDoesNot) {
  EXPECT_EQ(code_of(life->ask("GET", "/calls?acl=")), "NotImplemented");
  EXPECT_EQ(code_of(life->ask("PUT", "/calls/a?tagging=", "x")), "NotImplemented");
  EXPECT_EQ(
      code_of(life->ask("PUT", "/calls/a", "", {{"x-amz-copy-source", "/calls/b"}})),
      "NotImplemented"
  );
  EXPECT_EQ(code_of(life->ask("PUT", "/calls/a", "x", {{"If-None-Match", "*"}})), "NotImplemented");
  EXPECT_EQ(code_of(life->ask("PATCH", "/calls/a", "x")), "MethodNotAllowed");
}

// Rules T2 and H2: a body is read as far as S3 needs only when who sends it is known by the head.
TEST_F(S3Test, LargeBodiesAreForThoseWhoHaveTheKey) {
  http::Request head = life->request("PUT", "/calls/a", "x");
  EXPECT_EQ(life->router.body_limit(head), S3::max_object + S3::max_framing);
  head.headers.set("authorization", std::string(*head.headers.get("authorization")) + "0");
  EXPECT_EQ(life->router.body_limit(head), http::Router::Options().max_body);
  const auto too_large = life->router.error(413, head, "body is too large");
  EXPECT_EQ(code_of(too_large), "EntityTooLarge");
  EXPECT_EQ(too_large.status, 400);
  EXPECT_EQ(
      code_of(life->ask("PUT", "/calls/a", std::string(S3::max_object + 1, 'x'))), "EntityTooLarge"
  );

  http::Request forged = life->request("PUT", "/calls/a", "x");
  forged.body = "y";
  EXPECT_EQ(code_of(life->send(std::move(forged))), "XAmzContentSHA256Mismatch");
  http::Request elsewhere = life->request("PUT", "/calls/a", "x");
  elsewhere.path = elsewhere.target = "/calls/b";
  EXPECT_EQ(code_of(life->send(std::move(elsewhere))), "SignatureDoesNotMatch");
  http::Request late = life->request("GET", "/calls/a");
  store.clock.advance(16min);
  EXPECT_EQ(code_of(life->send(std::move(late))), "RequestTimeTooSkewed");
  life->key = "STRANGER";
  EXPECT_EQ(code_of(life->ask("GET", "/calls/a")), "InvalidAccessKeyId");
}

}  // namespace
}  // namespace belfry::compat::aws::s3
