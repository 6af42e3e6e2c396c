#include "cli/app.hpp"

#include <deque>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "cli/command.hpp"

namespace qd::cli {
namespace {

using http::ClientRequest;
using http::ClientResponse;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ClientResponse answer(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
  ClientResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

// A server made of a function; it keeps what it was asked.
class AppTest : public ::testing::Test {
 protected:
  int run(const std::vector<std::string>& args) {
    out.str("");
    err.str("");
    World world{in,          out,   err,
                environment, clock, [this](const ClientRequest& request) { return fetch(request); },
                terminal,    false, false};
    return run_qd(args, world);
  }

  Result<ClientResponse> fetch(const ClientRequest& request) {
    requests.push_back(request);
    auto response = serve(request);
    if (response && request.on_data) {
      request.on_data(response->body);
      response->body.clear();
    }
    return response;
  }

  std::string last_header(const std::string& name) const {
    for (const auto& [header, value] : requests.back().headers) {
      if (header == name) return value;
    }
    return "";
  }

  std::istringstream in;
  std::ostringstream out, err;
  Environment environment{{"RD_URL", "http://host:4440"}, {"RD_TOKEN", "s3cret"}, {"RD_PROJECT", "ops"}, {"TZ", "UTC"}};
  ManualClock clock{1'000'000};
  bool terminal = false;
  std::vector<ClientRequest> requests;
  std::function<Result<ClientResponse>(const ClientRequest&)> serve = [](const ClientRequest&) {
    return answer(404, "");
  };
};

constexpr const char* kJobs = R"([{"id":"u-1","name":"restart","group":"web","project":"ops","enabled":true}])";

TEST_F(AppTest, ListsAsRdDoes) {
  serve = [](const ClientRequest&) { return answer(200, kJobs); };
  EXPECT_EQ(run({"jobs", "list"}), 0);
  EXPECT_EQ(out.str(), "# 1 Jobs in project ops\nu-1 web/restart\n");
  EXPECT_EQ(requests.back().url, "http://host:4440/api/59/project/ops/jobs");
  EXPECT_EQ(last_header("X-Rundeck-Auth-Token"), "s3cret");
  EXPECT_FALSE(requests.back().follow_redirects);
}

TEST_F(AppTest, FormatsForPeopleAndPrograms) {
  serve = [](const ClientRequest&) { return answer(200, kJobs); };
  EXPECT_EQ(run({"jobs", "list", "-%", "%id|%name"}), 0);
  EXPECT_EQ(out.str(), "u-1|restart\n");
  EXPECT_EQ(run({"jobs", "list", "-o", "json"}), 0);
  const auto json = parse_json(out.str());
  ASSERT_TRUE(json) << out.str();
  EXPECT_EQ(json->at(0).at("id").as_string(), "u-1");
  environment["RD_FORMAT"] = "yaml";
  EXPECT_EQ(run({"jobs", "list"}), 0);
  EXPECT_THAT(out.str(), HasSubstr("name: restart"));
  EXPECT_THAT(out.str(), Not(HasSubstr("#")));
}

TEST_F(AppTest, TellsWhatToDoWhenRefused) {
  serve = [](const ClientRequest&) {
    return answer(
        403,
        R"({"error":true,"errorCode":"unauthorized","message":"(Token:s3cre****) is not authorized for: /api/59/projects"})");
  };
  EXPECT_EQ(run({"projects", "list"}), exit_code::denied);
  EXPECT_THAT(err.str(), HasSubstr("RD_TOKEN"));
  EXPECT_THAT(err.str(), Not(HasSubstr("s3cret")));
  serve = [](const ClientRequest&) {
    return answer(403, R"({"message":"Not authorized for action \"Create\" for Project"})");
  };
  EXPECT_EQ(run({"projects", "create", "-p", "x"}), exit_code::denied);
  EXPECT_THAT(err.str(), StartsWith("Not allowed: Not authorized for action"));
  serve = [](const ClientRequest&) { return answer(404, R"({"message":"Project does not exist: ops"})"); };
  EXPECT_EQ(run({"jobs", "list"}), exit_code::failed);
  EXPECT_EQ(err.str(), "Project does not exist: ops.\n");
}

TEST_F(AppTest, TriesOnlyReadsAgain) {
  serve = [](const ClientRequest&) -> Result<ClientResponse> {
    return fail(ErrorKind::unavailable, "connection refused");
  };
  EXPECT_EQ(run({"projects", "list"}), exit_code::unreachable);
  EXPECT_EQ(requests.size(), 3u);
  EXPECT_THAT(err.str(), HasSubstr("http://host:4440"));
  requests.clear();
  EXPECT_EQ(run({"executions", "kill", "-e", "1"}), exit_code::unreachable);
  EXPECT_EQ(requests.size(), 1u);
  requests.clear();
  environment["RD_CONNECT_RETRY"] = "false";
  EXPECT_EQ(run({"projects", "list"}), exit_code::unreachable);
  EXPECT_EQ(requests.size(), 1u);
}

TEST_F(AppTest, LogsInWithUserAndPassword) {
  environment.erase("RD_TOKEN");
  environment["RD_USER"] = "me";
  environment["RD_PASSWORD"] = "a&b";
  serve = [](const ClientRequest& request) {
    if (request.url == "http://host:4440/j_security_check") {
      return answer(302, "",
                    {{"set-cookie", "JSESSIONID=one; Path=/; HttpOnly"}, {"location", "http://host:4440/menu/home"}});
    }
    if (request.url == "http://host:4440/menu/home")
      return answer(404, "<html>", {{"set-cookie", "JSESSIONID=two; Path=/"}});
    return answer(200, "[]");
  };
  EXPECT_EQ(run({"projects", "list"}), 0);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].body, "j_username=me&j_password=a%26b");
  EXPECT_EQ(last_header("Cookie"), "JSESSIONID=two");
  serve = [](const ClientRequest&) { return answer(200, "<form action='j_security_check'>"); };
  EXPECT_EQ(run({"projects", "list"}), exit_code::denied);
  EXPECT_THAT(err.str(), HasSubstr("RD_PASSWORD"));
}

TEST_F(AppTest, KeepsCredentialsOnTheirHost) {
  serve = [](const ClientRequest&) { return answer(302, "", {{"location", "https://elsewhere/api/59/projects"}}); };
  EXPECT_EQ(run({"projects", "list"}), exit_code::failed);
  EXPECT_EQ(requests.size(), 1u);
  EXPECT_THAT(err.str(), HasSubstr("Set RD_URL"));
  environment["RD_BYPASS_URL"] = "https://elsewhere";
  serve = [](const ClientRequest& request) {
    if (request.url.ends_with("/projects")) return answer(302, "", {{"location", "https://elsewhere/next"}});
    return answer(200, "[]");
  };
  EXPECT_EQ(run({"projects", "list"}), 0);
  EXPECT_EQ(requests.back().url, "http://host:4440/next");
}

TEST_F(AppTest, SpeaksTheVersionOfAnOlderServer) {
  serve = [](const ClientRequest& request) {
    if (request.url.find("/api/59/") == std::string::npos) return answer(200, "[]");
    return answer(
        400,
        R"({"errorCode":"api.error.api-version.unsupported","apiversion":45,"message":"Unsupported API Version"})");
  };
  EXPECT_EQ(run({"projects", "list"}), 0);
  EXPECT_EQ(requests.back().url, "http://host:4440/api/45/projects");
}

TEST_F(AppTest, AsksBeforeItDeletes) {
  serve = [](const ClientRequest&) { return answer(204, ""); };
  EXPECT_EQ(run({"projects", "delete"}), exit_code::failed);
  EXPECT_TRUE(requests.empty());
  terminal = true;
  in.str("n\n");
  EXPECT_EQ(run({"projects", "delete"}), exit_code::failed);
  EXPECT_TRUE(requests.empty());
  in.clear();
  in.str("y\n");
  EXPECT_EQ(run({"projects", "delete"}), 0);
  EXPECT_EQ(requests.back().method, "DELETE");
}

TEST_F(AppTest, SendsTheOptionsOfAJob) {
  serve = [](const ClientRequest& request) {
    if (request.method == "GET") return answer(200, kJobs);
    return answer(
        200,
        R"({"id":7,"status":"running","permalink":"http://host/e/7","job":{"id":"u-1","name":"restart","group":"web"}})");
  };
  EXPECT_EQ(run({"run", "-j", "web/restart", "-d", "1m", "-l", "warning", "--", "-env", "prod"}), 0);
  EXPECT_EQ(requests[0].url, "http://host:4440/api/59/project/ops/jobs?jobExactFilter=restart&groupPathExact=web");
  EXPECT_EQ(requests[1].url, "http://host:4440/api/59/job/u-1/executions");
  EXPECT_EQ(requests[1].body, R"({"loglevel":"WARN","runAtTime":"1970-01-01T00:17:40Z","options":{"env":"prod"}})");
  EXPECT_THAT(out.str(), HasSubstr("# Execution scheduled: [7] u-1 web/restart <http://host/e/7>\n"));
}

class FollowTest : public AppTest, public ::testing::WithParamInterface<std::pair<const char*, int>> {};

TEST_P(FollowTest, EndsWithTheOutcome) {
  const auto [status, code] = GetParam();
  serve = [status = std::string(status)](const ClientRequest& request) {
    EXPECT_THAT(request.url, HasSubstr("/execution/7/events?offset=0"));
    return answer(200,
                  "event: output\nid: 90\ndata: "
                  "[{\"log\":\"one\",\"level\":\"NORMAL\",\"node\":\"n\"},{\"log\":\"two\",\"level\":\"ERROR\"}]\n\n"
                  "event: end\ndata: {\"status\":\"" +
                      status + "\"}\n\n",
                  {{"content-type", "text/event-stream"}});
  };
  EXPECT_EQ(run({"executions", "follow", "-e", "7", "-t"}), code);
  EXPECT_EQ(out.str(), "one\n");
  EXPECT_THAT(err.str(), StartsWith("two\n"));
  EXPECT_EQ(requests.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Outcomes, FollowTest,
                         ::testing::Values(std::pair{"succeeded", 0}, std::pair{"failed", 2},
                                           std::pair{"failed-with-retry", 2}, std::pair{"aborted", 3},
                                           std::pair{"timedout", 4}, std::pair{"incomplete", 5},
                                           std::pair{"my own", 5}));

TEST_F(AppTest, GoesOnAfterACutStream) {
  serve = [this](const ClientRequest& request) {
    const std::string stream = "event: output\nid: 50\ndata: [{\"log\":\"one\"}]\n\n";
    const std::string end =
        "event: output\nid: 60\ndata: [{\"log\":\"two\"}]\n\nevent: end\ndata: {\"status\":\"succeeded\"}\n\n";
    EXPECT_THAT(request.url, HasSubstr(requests.size() == 1 ? "offset=0" : "offset=50"));
    return answer(200, requests.size() == 1 ? stream : end, {{"content-type", "text/event-stream;charset=utf-8"}});
  };
  EXPECT_EQ(run({"executions", "follow", "-e", "7", "-t", "-%", "<%log>"}), 0);
  EXPECT_EQ(out.str(), "<one>\n<two>\n");
}

TEST_F(AppTest, AsksAgainAndAgainWhereThereIsNoStream) {
  std::deque<std::string> pages{
      R"({"offset":"10","lastModified":"5","completed":false,"execCompleted":false,"entries":[{"log":"one"}]})",
      R"({"offset":"20","lastModified":"6","completed":true,"execCompleted":true,"entries":[{"log":"two"}]})"};
  serve = [&](const ClientRequest& request) {
    if (request.url.find("/events") != std::string::npos) return answer(404, R"({"message":"Invalid API Request"})");
    if (request.url.find("/output") == std::string::npos) return answer(200, R"({"id":7,"status":"aborted"})");
    const std::string page = pages.front();
    pages.pop_front();
    return answer(200, page);
  };
  EXPECT_EQ(run({"executions", "follow", "-e", "7", "-t"}), exit_code::aborted);
  EXPECT_EQ(out.str(), "one\ntwo\n");
  EXPECT_THAT(requests[2].url, HasSubstr("offset=10&lastmod=5"));
  EXPECT_THAT(err.str(), HasSubstr("aborted"));
}

TEST_F(AppTest, ExitsWithOneWhenAJobIsRefused) {
  in.str("- name: broken\n");
  serve = [](const ClientRequest&) {
    return answer(200, R"({"succeeded":[],"skipped":[],"failed":[{"name":"broken","error":"no steps"}]})");
  };
  EXPECT_EQ(run({"jobs", "load", "-f", "-"}), exit_code::partly);
  EXPECT_EQ(last_header("Content-Type"), "application/yaml");
  EXPECT_THAT(requests.back().url, HasSubstr("fileformat=yaml&dupeOption=update&uuidOption=preserve"));
  EXPECT_THAT(out.str(), HasSubstr("broken\n\t: no steps"));
}

TEST_F(AppTest, HelpsWithoutAServer) {
  environment.clear();
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out.str(), HasSubstr("Exit codes:"));
  EXPECT_EQ(run({"jobs"}), exit_code::failed);
  EXPECT_EQ(run({"jobs", "help"}), 0);
  EXPECT_EQ(run({"jobs", "lst"}), exit_code::failed);
  EXPECT_THAT(err.str(), HasSubstr("Did you mean \"qd jobs list\"?"));
  EXPECT_EQ(run({"run", "-h"}), 0);
  EXPECT_THAT(out.str(), HasSubstr("qd run -p ops"));
  for (const char* shell : {"bash", "zsh", "fish"}) EXPECT_EQ(run({"completion", shell}), 0);
  EXPECT_EQ(run({"completion", "tcsh"}), exit_code::failed);
  EXPECT_EQ(run({"projects", "list"}), exit_code::failed);
  EXPECT_THAT(err.str(), HasSubstr("RD_URL is not set"));
  EXPECT_TRUE(requests.empty());
}

}  // namespace
}  // namespace qd::cli
