// A copy of a git repository of which one branch matters. It is bare: files are read from and written to git's own
// store, and never lie in a folder, where links, names and attributes of somebody's repository could do harm.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scm/git.hpp"
#include "scm/git_url.hpp"

namespace qd::scm {

struct Person {
  std::string name, email;
};

struct CommitFacts {
  std::string id, author, email, subject;
  UnixMillis committed = 0, authored = 0;
  std::string zone;  // of the author: "+0100"

  bool operator==(const CommitFacts&) const = default;
};

struct TreeFile {
  std::string id;  // of its content
  std::size_t size = 0;
  bool plain = true;  // no link and no other repository

  bool operator==(const TreeFile&) const = default;
};
using Tree = std::map<std::string, TreeFile>;

// The local branch at a time.
struct Snapshot {
  std::string commit;  // "": there is none yet
  std::shared_ptr<const Tree> tree;
};

// The local branch against the remote one, as of the last fetch.
struct Tracking {
  bool remote = false;  // is there such a branch?
  std::size_t ahead = 0, behind = 0;
};

struct Change {
  std::string path;
  std::optional<std::string> content;  // nothing: the file goes
};

struct Place {
  std::string folder;  // of this copy; its parent is GitHost::folder or below it
  GitUrl url;
  std::string branch;
  bool create_branch = false;  // when the remote has none of this name
  std::string base_branch;
};

// Not thread-safe. Blocks. Errors are sentences for people.
class Repository {
 public:
  // `limit` is the time that a fetch may take.
  Repository(const GitHost& host, Place place, Millis limit);

  const Place& place() const { return place_; }

  // Is there a whole copy of this URL and branch?
  bool exists() const;
  // Another Repository fetched into the same folder.
  void fetched_elsewhere() { forget_tips(); }
  // Makes the copy when there is none of this URL and branch, and fetches.
  Result<> open(const GitLogin& login);
  Result<> fetch(const GitLogin& login);
  // Moves the local branch to the remote one when it has nothing of its own. True: it moved.
  Result<bool> fast_forward();
  // Makes the local branch the remote one, whatever it was.
  Result<> follow();

  Result<Snapshot> snapshot();
  Result<Tracking> tracking();
  Result<std::string> content(const std::string& id, std::size_t most);
  // The last commit that changed the file, be it by removing it; nothing: none did.
  Result<std::optional<CommitFacts>> last_commit(const std::string& path);
  Result<CommitFacts> commit_facts(const std::string& revision);

  // One commit with all changes on top of the local branch.
  Result<CommitFacts> commit(const std::vector<Change>& changes, const std::string& message, const Person& by);
  bool has_tag(const std::string& name);
  Result<> tag(const std::string& name, const std::string& message, const Person& by);
  // The branch, and a tag unless it is "". What somebody else pushed meanwhile is fetched, and our commits are put on
  // top of it as long as no file was changed on both sides; otherwise the error (`conflict`) names the files.
  Result<> push(const GitLogin& login, const std::string& tag);

  enum class Strategy { ours, theirs, recursive };
  Result<> merge(Strategy strategy, const Person& by);
  // Puts our commits on top of the remote branch; `conflict` when a file was changed on both sides.
  Result<> rebase();

  // A unified diff without its head; "" when both are the same.
  Result<std::string> diff(const std::string& from, const std::string& to);
  // How git would name this content.
  std::string id_of(const std::string& content) const;

 private:
  struct Tips {
    std::string local, remote;
  };
  GitCall call(std::vector<std::string> args) const;
  GitCall remote_call(std::vector<std::string> args, const GitLogin& login, Millis limit) const;
  Result<> create();
  Result<> find_branch(const GitLogin& login);
  Result<> make_branch(const GitLogin& login);
  Result<bool> fetch_branch(const std::string& branch, const GitLogin& login);
  Result<Tips> tips();
  void forget_tips() { tips_.reset(); }  // whatever changes a branch calls it
  Result<> move_branch(const std::string& to, const std::string& from);
  Result<Tree> read_tree(const std::string& commit);
  Result<> read_history(const std::string& commit);
  Result<> import_stream(const std::string& stream);
  Result<std::string> replay(const std::string& commit, const std::string& onto);
  Result<std::vector<std::string>> push_once(const GitLogin& login, const std::string& tag);
  std::string local_ref() const { return "refs/heads/" + place_.branch; }
  std::string remote_ref() const { return "refs/remotes/origin/" + place_.branch; }

  const GitHost& host_;
  Place place_;
  Millis limit_;
  std::optional<Tips> tips_;
  Snapshot snapshot_;
  std::string history_of_;
  std::map<std::string, CommitFacts> history_;  // by path
};

}  // namespace qd::scm
