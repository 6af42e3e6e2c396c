// Commits, tags, and what brings two branches together. Trees are made by `git fast-import` from a stream that we
// write, so that no name of a file is ever an argument.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "scm/job_path.hpp"
#include "scm/repository.hpp"

namespace qd::scm {
namespace {

constexpr int kPushTries = 5;
constexpr std::size_t kMostNamed = 5;  // files in a message

// A name as people write it, and as git takes it: without angle brackets and line ends.
std::string person_text(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == 0x7f; });
  return std::string(base::trim(text));
}

std::string quoted(const std::string& path) {
  return "\"" + base::replace_all(path, "\"", "\\\"") + "\"";  // no backslashes and control characters: check_path()
}

void add_data(std::string& stream, const std::string& data) {
  stream += "data " + std::to_string(data.size()) + "\n" + data + "\n";
}

std::string identity_line(const Person& by, UnixMillis seconds) {
  return person_text(by.name) + " <" + person_text(by.email) + "> " + std::to_string(seconds) + " +0000\n";
}

std::vector<std::pair<std::string, std::string>> identity(const Person& by) {
  const auto name = person_text(by.name), email = person_text(by.email);
  return {{"GIT_AUTHOR_NAME", name},
          {"GIT_AUTHOR_EMAIL", email},
          {"GIT_COMMITTER_NAME", name},
          {"GIT_COMMITTER_EMAIL", email}};
}

std::string named(const std::set<std::string>& paths) {
  std::vector<std::string> some(paths.begin(),
                                paths.size() > kMostNamed ? std::next(paths.begin(), kMostNamed) : paths.end());
  const auto more = paths.size() - some.size();
  return base::join(some, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

// A file cannot lie where a folder is, nor in a file. git would remove the one for the other.
Result<> check_room(const Tree& tree, const std::vector<Change>& changes) {
  std::set<std::string> leaves, puts;
  for (const auto& change : changes) {
    if (auto fine = check_path(change.path); !fine) return fine;
    if (!(change.content ? puts : leaves).insert(change.path).second)
      return fail(ErrorKind::conflict,
                  "Two jobs would be written to '" + change.path + "'. Put ${job.id} into the file path template.");
  }
  for (const auto& path : puts) {
    const auto below = tree.lower_bound(path + "/");
    if (below != tree.end() && below->first.starts_with(path + "/"))
      return fail(ErrorKind::conflict, "'" + path + "' is a folder in the repository: no job can be written there.");
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const auto parent = path.substr(0, slash);
      if ((tree.contains(parent) && !leaves.contains(parent)) || puts.contains(parent))
        return fail(ErrorKind::conflict,
                    "'" + parent + "' is a file in the repository, so '" + path + "' cannot be written.");
    }
  }
  return {};
}

struct RawChange {
  std::string mode, before, after;  // ids; of zeros: none
};

// Of `diff-tree -r -z --no-renames`: ":MODE MODE ID ID S\0PATH\0" for each file.
std::map<std::string, RawChange> read_raw(const std::string& text) {
  std::map<std::string, RawChange> changes;
  const auto parts = base::split(text, '\0');
  for (std::size_t at = 0; at + 1 < parts.size(); at += 2) {
    const auto words = base::split_trimmed(parts[at], ' ');
    if (words.size() >= 5) changes[parts[at + 1]] = {words[1], words[2], words[3]};
  }
  return changes;
}

bool is_none(const std::string& id) {
  return id.find_first_not_of('0') == std::string::npos;
}

}  // namespace

Result<> Repository::import_stream(const std::string& stream) {
  forget_tips();
  auto import = call({"fast-import", "--quiet", "--done", "--date-format=raw"});
  import.input = stream + "done\n";
  return git_output(host_, import).map([](const auto&) {});
}

Result<CommitFacts> Repository::commit(const std::vector<Change>& changes, const std::string& message,
                                       const Person& by) {
  const auto now = snapshot();
  if (!now) return fail(now.error());
  if (auto room = check_room(*now->tree, changes); !room) return fail(room.error());
  const auto seconds = SystemClock().now() / 1000;
  std::string stream = "commit " + local_ref() + "\ncommitter " + identity_line(by, seconds);
  add_data(stream, message);
  if (!now->commit.empty()) stream += "from " + now->commit + "\n";
  for (const auto& change : changes) {
    if (change.content) continue;
    stream += "D " + quoted(change.path) + "\n";
  }
  for (const auto& change : changes) {
    if (!change.content) continue;
    stream += "M 100644 inline " + quoted(change.path) + "\n";
    add_data(stream, *change.content);
  }
  if (auto written = import_stream(stream); !written) return fail(written.error());
  return commit_facts(local_ref());
}

bool Repository::has_tag(const std::string& name) {
  const auto found = run_git(host_, call({"show-ref", "--verify", "--quiet", "refs/tags/" + name}));
  return found && found->code == 0;
}

Result<> Repository::tag(const std::string& name, const std::string& message, const Person& by) {
  auto make = call({"tag", "--annotate", "--cleanup=verbatim", "--file=-", "--", name, local_ref()});
  make.input = message;
  make.environment = identity(by);
  return git_output(host_, make).map([](const auto&) {});
}

// What was refused because the remote has moved; empty: all is there.
Result<std::vector<std::string>> Repository::push_once(const GitLogin& login, const std::string& tag) {
  forget_tips();
  std::vector<std::string> args{"push", "--porcelain", "--no-verify", "origin", local_ref() + ":" + local_ref()};
  if (!tag.empty()) args.push_back("refs/tags/" + tag + ":refs/tags/" + tag);
  const auto end = run_git(host_, remote_call(std::move(args), login, std::max(limit_, Millis{120'000})));
  if (!end) return fail(end.error());
  std::vector<std::string> behind, refused;
  for (const auto& line : base::split(end->out, '\n')) {
    if (!line.starts_with("!\t")) continue;
    const bool moved =
        line.find("(fetch first)") != std::string::npos || line.find("(non-fast-forward)") != std::string::npos ||
        line.find("failed to update ref") != std::string::npos || line.find("cannot lock ref") != std::string::npos;
    (moved && line.find(local_ref()) != std::string::npos ? behind : refused).push_back(line.substr(2));
  }
  if (!refused.empty())
    return fail(ErrorKind::conflict,
                "Some updates failed: " + base::replace_all(base::repair_utf8(base::join(refused, "; ")), "\t", " "));
  if (end->code != 0 && behind.empty()) return fail(ErrorKind::unavailable, complaint_of(*end));
  return behind;
}

Result<> Repository::push(const GitLogin& login, const std::string& tag) {
  for (int tries = 0; tries < kPushTries; ++tries) {
    const auto behind = push_once(login, tag);
    if (!behind) return fail(behind.error());
    if (behind->empty()) return {};
    if (auto fetched = fetch(login); !fetched) return fetched;
    if (auto rebased = rebase(); !rebased)
      return fail(rebased.error().kind, "The remote branch has moved: " + rebased.error().message);
  }
  return fail(ErrorKind::conflict, "Others push to the remote branch all the time; nothing was pushed. Try it again.");
}

Result<> Repository::merge(Strategy strategy, const Person& by) {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (now->remote.empty() || now->local.empty() || now->remote == now->local) return {};
  std::string tree;
  if (strategy == Strategy::recursive) {
    const auto end = run_git(
        host_, call({"merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", now->local, now->remote}));
    if (!end) return fail(end.error());
    const auto parts = base::split(end->out, '\0');
    if (end->code == 1) {
      std::set<std::string> paths(std::next(parts.begin()), parts.end());
      paths.erase("");
      return fail(ErrorKind::conflict, "Both sides changed " + named(paths) +
                                           ". Choose `ours` or `theirs`, or bring them together in the repository.");
    }
    if (end->code != 0) return fail(ErrorKind::unavailable, complaint_of(*end));
    tree = parts.front();
  } else {
    tree = (strategy == Strategy::ours ? now->local : now->remote) + "^{tree}";
    const auto id = git_output(host_, call({"rev-parse", "--verify", "--end-of-options", tree}));
    if (!id) return fail(id.error());
    tree = std::string(base::trim(*id));
  }
  auto join = call({"commit-tree", tree, "-p", now->local, "-p", now->remote, "-m",
                    "Merge remote-tracking branch 'origin/" + place_.branch + "'"});
  join.environment = identity(by);
  const auto made = git_output(host_, join);
  if (!made) return fail(made.error());
  return move_branch(std::string(base::trim(*made)), now->local);
}

// The commit's changes on top of another one; the new commit's id.
Result<std::string> Repository::replay(const std::string& commit, const std::string& onto) {
  const auto raw =
      git_output(host_, call({"diff-tree", "-r", "-z", "--root", "--no-renames", "--no-commit-id", commit}));
  if (!raw) return fail(raw.error());
  const auto there = read_tree(onto);
  if (!there) return fail(there.error());
  const std::string scratch = "refs/quarterdeck/replay";
  if (auto gone = git_output(host_, call({"update-ref", "-d", scratch})); !gone)
    return fail(gone.error());  // of a crash
  const auto message = git_output(host_, call({"log", "--max-count=1", "--format=%B", commit, "--"}));
  if (!message) return fail(message.error());
  const auto facts = commit_facts(commit);
  if (!facts) return fail(facts.error());
  std::set<std::string> both;
  std::string stream = "reset " + scratch + "\nfrom " + onto + "\n\ncommit " + scratch + "\ncommitter " +
                       identity_line({facts->author, facts->email}, facts->committed / 1000);
  add_data(stream, *message);
  stream += "from " + onto + "\n";
  for (const auto& [path, change] : read_raw(*raw)) {
    const auto found = there->find(path);
    const std::string now = found == there->end() ? "" : found->second.id;
    const bool removed = is_none(change.after);
    if (now == (removed ? "" : change.after)) continue;  // they did the same
    if (now != (is_none(change.before) ? "" : change.before)) {
      both.insert(path);
      continue;
    }
    if (auto fine = check_path(path); !fine) return fail(fine.error());
    stream +=
        removed ? "D " + quoted(path) + "\n" : "M " + change.mode + " " + change.after + " " + quoted(path) + "\n";
  }
  if (!both.empty())
    return fail(ErrorKind::conflict,
                "both sides changed " + named(both) + ". Synch with the remote first, and choose whose changes count.");
  if (auto written = import_stream(stream); !written) return fail(written.error());
  const auto id = git_output(host_, call({"rev-parse", "--verify", scratch}));
  if (!id) return fail(id.error());
  if (auto gone = git_output(host_, call({"update-ref", "-d", scratch})); !gone) return fail(gone.error());
  return std::string(base::trim(*id));
}

Result<> Repository::rebase() {
  const auto now = tips();
  if (!now) return fail(now.error());
  if (now->remote.empty() || now->local.empty()) return {};
  const auto listed = git_output(
      host_, call({"rev-list", "--reverse", "--topo-order", "--no-merges", now->local, "^" + now->remote, "--"}));
  if (!listed) return fail(listed.error());
  std::string onto = now->remote;
  for (const auto& commit : base::split_trimmed(*listed, '\n')) {
    auto next = replay(commit, onto);
    if (!next) return fail(next.error());
    onto = std::move(*next);
  }
  return move_branch(onto, now->local);
}

}  // namespace qd::scm
