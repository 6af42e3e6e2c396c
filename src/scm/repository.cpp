#include "scm/repository.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::scm {
namespace {

namespace fs = std::filesystem;

constexpr Millis kCloneLimit{300'000};
constexpr std::size_t kMostTree = 64u << 20;     // bytes of a listing: some 500,000 files
constexpr std::size_t kMostHistory = 64u << 20;  // bytes of a log
constexpr const char* kMostCommits = "--max-count=20000";
constexpr const char* kPlaceFile = "quarterdeck-place";

// The file that says what a copy is of; written last, so that a copy without it is not whole.
std::string place_text(const Place& place) {
  return "1\n" + place.url.text + "\n" + place.branch + "\n";
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<> write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return {};
  return fail(ErrorKind::unavailable, "Cannot write " + path + ": " + std::strerror(errno));
}

// A value of git's configuration file. Control characters cannot be in a URL.
std::string config_value(const std::string& text) {
  return "\"" + base::replace_all(base::replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

std::string hex_digest(const char* name, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_get_digestbyname(name), nullptr);
  std::string hex;
  constexpr const char* kDigits = "0123456789abcdef";
  for (unsigned int at = 0; at < size; ++at) {
    hex += kDigits[digest[at] >> 4];
    hex += kDigits[digest[at] & 15];
  }
  return hex;
}

// One entry of `ls-tree -r -l -z`: "100644 blob ID    SIZE\tPATH".
void read_tree_entry(std::string_view entry, Tree& tree) {
  const auto tab = entry.find('\t');
  if (tab == std::string_view::npos) return;
  const auto words = base::split_trimmed(entry.substr(0, tab), ' ');
  if (words.size() != 4) return;
  TreeFile file;
  file.id = words[2];
  file.size = static_cast<std::size_t>(base::parse_int(words[3]).value_or(0));
  file.plain = words[1] == "blob" && words[0] != "120000";
  tree[std::string(entry.substr(tab + 1))] = std::move(file);
}

CommitFacts read_commit(const std::vector<std::string>& fields) {
  CommitFacts facts;
  facts.id = fields[0];
  facts.author = base::repair_utf8(fields[1]);
  facts.email = base::repair_utf8(fields[2]);
  facts.authored = base::parse_int(fields[3]).value_or(0) * 1000;
  facts.zone = fields[4];
  facts.committed = base::parse_int(fields[5]).value_or(0) * 1000;
  facts.subject = base::repair_utf8(fields[6]);
  return facts;
}

constexpr std::size_t kFields = 7;

// Ends each field with a word that nobody who writes a commit can know.
std::string log_format(const std::string& mark) {
  std::string format = "--format=" + mark;
  for (const char* field : {"%H", "%an", "%ae", "%at", "%ad", "%ct", "%s"}) format += field + mark;
  return format;
}

std::vector<std::string> cut_at(const std::string& text, const std::string& mark) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, begin)) {
    parts.push_back(text.substr(begin, at - begin));
    begin = at + mark.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

Repository::Repository(const GitHost& host, Place place, Millis limit)
    : host_(host), place_(std::move(place)), limit_(limit) {}

GitCall Repository::call(std::vector<std::string> args) const {
  GitCall one;
  one.args = std::move(args);
  one.folder = place_.folder;
  return one;
}

GitCall Repository::remote_call(std::vector<std::string> args, const GitLogin& login, Millis limit) const {
  auto one = call(std::move(args));
  one.login = &login;
  one.remote = &place_.url;
  one.limit = limit;
  return one;
}

bool Repository::exists() const {
  return read_file(place_.folder + "/" + kPlaceFile) == place_text(place_);
}

Result<> Repository::open(const GitLogin& login) {
  if (exists()) {
    if (auto fetched = fetch(login); !fetched)
      return fail(fetched.error().kind, "Failed fetch from the repository: " + fetched.error().message);
    return find_branch(login);
  }
  if (auto made = create(); !made) return made;
  const auto usual = limit_;
  limit_ = std::max(limit_, kCloneLimit);
  auto fetched = fetch(login);
  limit_ = usual;
  if (!fetched)
    return fail(fetched.error().kind,
                "Failed cloning the repository from " + shown_url(place_.url.text) + ": " + fetched.error().message);
  if (auto found = find_branch(login); !found) return found;
  return write_file(place_.folder + "/" + kPlaceFile, place_text(place_));
}

Result<> Repository::create() {
  std::error_code error;
  fs::remove_all(place_.folder, error);
  fs::create_directories(fs::path(place_.folder).parent_path(), error);
  if (error) return fail(ErrorKind::unavailable, "Cannot make the folder of " + place_.folder + ": " + error.message());
  forget_tips();
  snapshot_ = {};
  history_of_.clear();
  history_.clear();
  auto init = call({"init", "--quiet", "--bare", "--template=", "--initial-branch=" + place_.branch, place_.folder});
  init.folder.clear();
  if (auto made = git_output(host_, init); !made)
    return fail(ErrorKind::unavailable, "Cannot make a repository in " + place_.folder + ": " + made.error().message);
  chmod(host_.folder.c_str(), S_IRWXU);
  chmod(place_.folder.c_str(), S_IRWXU);
  // The URL stands in the file rather than in arguments, which everybody on the machine can see.
  const std::string path = place_.folder + "/config";
  return write_file(path, read_file(path) + "[remote \"origin\"]\n\turl = " + config_value(place_.url.text) +
                              "\n\tfetch = " + config_value("+" + local_ref() + ":" + remote_ref()) + "\n");
}

// False: the remote has no such branch.
Result<bool> Repository::fetch_branch(const std::string& branch, const GitLogin& login) {
  forget_tips();
  const std::string spec = "+refs/heads/" + branch + ":refs/remotes/origin/" + branch;
  auto end = run_git(host_, remote_call({"fetch", "--quiet", "--no-write-fetch-head", "origin", spec}, login, limit_));
  if (!end) return fail(end.error());
  if (end->code == 0) return true;
  if (end->err.find("couldn't find remote ref") != std::string::npos) return false;
  return fail(ErrorKind::unavailable, complaint_of(*end));
}

Result<> Repository::fetch(const GitLogin& login) {
  const auto there = fetch_branch(place_.branch, login);
  if (!there) return fail(there.error());
  if (*there) return {};
  return git_output(host_, call({"update-ref", "-d", remote_ref()})).map([](const auto&) {});
}

Result<> Repository::find_branch(const GitLogin& login) {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (!now->local.empty()) return {};
  if (!now->remote.empty()) return move_branch(now->remote, "");
  const auto heads = git_output(host_, remote_call({"ls-remote", "--heads", "origin"}, login, limit_));
  if (!heads) return fail(heads.error());
  if (heads->empty()) return {};  // an empty repository: the first commit makes the branch
  if (place_.create_branch) return make_branch(login);
  return fail(ErrorKind::invalid, "Could not clone the remote branch: " + place_.branch +
                                      ", because it does not exist. To create it, you need to set the Create Branch "
                                      "option to true.");
}

Result<> Repository::make_branch(const GitLogin& login) {
  const auto there = fetch_branch(place_.base_branch, login);
  if (!there) return fail(there.error());
  if (!*there) return fail(ErrorKind::invalid, "Non existent remote branch: " + place_.base_branch);
  const std::string base = "refs/remotes/origin/" + place_.base_branch;
  const auto pushed =
      git_output(host_, remote_call({"push", "--quiet", "origin", base + ":" + local_ref()}, login, limit_));
  if (!pushed) return fail(pushed.error().kind, "Failed push to remote: " + pushed.error().message);
  if (auto fetched = fetch(login); !fetched) return fetched;
  const auto now = tips();
  if (!now) return fail(now.error());
  return move_branch(now->remote, "");
}

Result<Repository::Tips> Repository::tips() {
  if (tips_) return *tips_;
  const auto listed =
      git_output(host_, call({"for-each-ref", "--format=%(refname) %(objectname)", local_ref(), remote_ref()}));
  if (!listed) return fail(listed.error());
  Tips found;
  for (const auto& line : base::split_trimmed(*listed, '\n')) {
    const auto blank = line.rfind(' ');
    if (blank == std::string::npos) continue;
    if (line.substr(0, blank) == local_ref()) found.local = line.substr(blank + 1);
    if (line.substr(0, blank) == remote_ref()) found.remote = line.substr(blank + 1);
  }
  tips_ = found;
  return found;
}

Result<> Repository::move_branch(const std::string& to, const std::string& from) {
  forget_tips();
  return git_output(host_, call({"update-ref", local_ref(), to, from})).map([](const auto&) {});
}

Result<bool> Repository::fast_forward() {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (now->remote.empty() || now->remote == now->local) return false;
  if (!now->local.empty()) {
    const auto within = run_git(host_, call({"merge-base", "--is-ancestor", now->local, now->remote}));
    if (!within) return fail(within.error());
    if (within->code != 0) return false;
  }
  if (auto moved = move_branch(now->remote, now->local); !moved) return fail(moved.error());
  return true;
}

Result<> Repository::follow() {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (now->remote.empty() || now->remote == now->local) return {};
  return move_branch(now->remote, now->local);
}

Result<Tracking> Repository::tracking() {
  const auto now = tips();
  if (!now) return fail(now.error());
  Tracking tracking;
  tracking.remote = !now->remote.empty();
  if (!tracking.remote || now->local.empty() || now->remote == now->local) return tracking;
  const auto counted =
      git_output(host_, call({"rev-list", "--left-right", "--count", now->local + "..." + now->remote}));
  if (!counted) return fail(counted.error());
  const auto words = base::split_trimmed(base::replace_all(base::trim(*counted), "\t", " "), ' ');
  if (words.size() == 2) {
    tracking.ahead = static_cast<std::size_t>(base::parse_int(words[0]).value_or(0));
    tracking.behind = static_cast<std::size_t>(base::parse_int(words[1]).value_or(0));
  }
  return tracking;
}

Result<Tree> Repository::read_tree(const std::string& commit) {
  auto list = call({"ls-tree", "-r", "-l", "-z", "--full-tree", commit});
  list.most_output = kMostTree;
  const auto listed = git_output(host_, list);
  if (!listed) return fail(listed.error());
  Tree tree;
  std::string_view rest = *listed;
  while (!rest.empty()) {
    const auto end = rest.find('\0');
    read_tree_entry(rest.substr(0, end), tree);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return tree;
}

Result<Snapshot> Repository::snapshot() {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (snapshot_.tree && snapshot_.commit == now->local) return snapshot_;
  Tree tree;
  if (!now->local.empty()) {
    auto read = read_tree(now->local);
    if (!read) return fail(read.error());
    tree = std::move(*read);
  }
  snapshot_ = {now->local, std::make_shared<const Tree>(std::move(tree))};
  return snapshot_;
}

Result<std::string> Repository::content(const std::string& id, std::size_t most) {
  auto show = call({"cat-file", "blob", id});
  show.most_output = most;
  return git_output(host_, show);
}

// The newest commit of each file, by one walk over the history.
Result<> Repository::read_history(const std::string& commit) {
  const std::string mark = "\x1e" + base::random_token(24);
  auto log = call(
      {"log", "-z", "--name-only", "--no-renames", "--date=format:%z", kMostCommits, log_format(mark), commit, "--"});
  log.most_output = kMostHistory;
  const auto text = git_output(host_, log);
  if (!text) return fail(text.error());
  const auto parts = cut_at(*text, mark);
  std::map<std::string, CommitFacts> history;
  // Of each commit: what is before its first mark belongs to the one before, then its fields, then its files.
  for (std::size_t at = 1; at + kFields < parts.size(); at += kFields + 1) {
    const auto facts = read_commit(
        {parts.begin() + static_cast<std::ptrdiff_t>(at), parts.begin() + static_cast<std::ptrdiff_t>(at + kFields)});
    for (auto name : base::split(parts[at + kFields], '\0')) {
      if (!name.empty() && name.front() == '\n') name.erase(0, 1);
      if (!name.empty()) history.try_emplace(std::move(name), facts);
    }
  }
  history_ = std::move(history);
  history_of_ = commit;
  return {};
}

Result<std::optional<CommitFacts>> Repository::last_commit(const std::string& path) {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (now->local.empty()) return std::optional<CommitFacts>();
  if (history_of_ != now->local) {
    if (auto read = read_history(now->local); !read) return fail(read.error());
  }
  const auto found = history_.find(path);
  if (found == history_.end()) return std::optional<CommitFacts>();
  return std::optional<CommitFacts>(found->second);
}

Result<CommitFacts> Repository::commit_facts(const std::string& revision) {
  const std::string mark = "\x1e" + base::random_token(24);
  const auto text = git_output(
      host_, call({"log", "--max-count=1", "--date=format:%z", log_format(mark), "--end-of-options", revision, "--"}));
  if (!text) return fail(text.error());
  const auto parts = cut_at(*text, mark);
  if (parts.size() < kFields + 1) return fail(ErrorKind::unavailable, "There is no commit " + revision);
  return read_commit({parts.begin() + 1, parts.begin() + 1 + static_cast<std::ptrdiff_t>(kFields)});
}

std::string Repository::id_of(const std::string& content) const {
  const std::string whole = "blob " + std::to_string(content.size()) + std::string(1, '\0') + content;
  return hex_digest(snapshot_.commit.size() == 64 ? "SHA256" : "SHA1", whole);
}

Result<std::string> Repository::diff(const std::string& from, const std::string& to) {
  std::vector<std::string> ids;
  for (const auto* text : {&from, &to}) {
    auto put = call({"hash-object", "-w", "--stdin"});
    put.input = *text;
    auto id = git_output(host_, put);
    if (!id) return fail(id.error());
    ids.emplace_back(base::trim(*id));
  }
  if (ids[0] == ids[1]) return std::string();
  auto compare = call({"diff", "--no-color", "--no-ext-diff", "--no-textconv", "--text", ids[0], ids[1]});
  compare.most_output = 8u << 20;
  auto end = git_output(host_, compare);
  if (!end) return fail(end.error());
  const auto hunk = end->starts_with("@@") ? 0 : end->find("\n@@");
  if (hunk == std::string::npos) return std::move(*end);
  return base::repair_utf8(end->substr(hunk == 0 ? 0 : hunk + 1));
}

}  // namespace qd::scm
