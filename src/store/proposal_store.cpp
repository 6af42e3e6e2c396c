#include "store/proposal_store.hpp"

namespace qd::store {
namespace {

#define QD_PROPOSAL_COLUMNS                                                                                 \
  "kind, target_uuid, target_incarnation, proposer_uuid, proposer_incarnation, state, created_ms, due_ms, " \
  "ended_ms, outcome"
constexpr const char* insert_proposal =
    "INSERT INTO proposal (" QD_PROPOSAL_COLUMNS ") VALUES (?, ?, ?, ?, ?, 'open', ?, ?, NULL, '')";
constexpr const char* select_proposal =
    "SELECT id, " QD_PROPOSAL_COLUMNS " FROM proposal WHERE kind = ? AND target_uuid = ? AND target_incarnation = ?";
constexpr const char* select_open = "SELECT id, " QD_PROPOSAL_COLUMNS " FROM proposal WHERE state = 'open' ORDER BY id";
constexpr const char* select_recent =
    "SELECT id, " QD_PROPOSAL_COLUMNS " FROM proposal ORDER BY created_ms DESC, id DESC LIMIT ?";
#undef QD_PROPOSAL_COLUMNS
constexpr const char* select_last_end = "SELECT MAX(ended_ms) FROM proposal WHERE kind = ? AND target_uuid = ?";
constexpr const char* reopen_proposal =
    "UPDATE proposal SET state = 'open', proposer_uuid = ?, proposer_incarnation = ?, created_ms = ?, due_ms = ?, "
    "ended_ms = NULL, outcome = '' WHERE id = ? AND state <> 'open' AND ended_ms = ?";
constexpr const char* adopt_proposal =
    "UPDATE proposal SET proposer_uuid = ?, proposer_incarnation = ? "
    "WHERE id = ? AND state = 'open' AND proposer_uuid = ? AND proposer_incarnation = ?";
constexpr const char* finish_proposal =
    "UPDATE proposal SET state = ?, outcome = ?, ended_ms = ? "
    "WHERE id = ? AND state = 'open' AND proposer_uuid = ? AND proposer_incarnation = ?";
constexpr const char* delete_ended = "DELETE FROM proposal WHERE state <> 'open' AND ended_ms < ?";

std::vector<Proposal> read_proposals(const Rows& rows) {
  std::vector<Proposal> proposals;
  for (const auto& row : rows) {
    Proposal proposal;
    proposal.id = row.integer(0);
    proposal.kind = row.text(1);
    proposal.target = {row.text(2), row.integer(3)};
    proposal.proposer = {row.text(4), row.integer(5)};
    proposal.state = row.text(6);
    proposal.created = row.integer(7);
    proposal.due = row.integer(8);
    proposal.ended = row.optional_integer(9);
    proposal.outcome = row.text(10);
    proposals.push_back(std::move(proposal));
  }
  return proposals;
}

}  // namespace

ProposalStore::ProposalStore(Database& database) : database_(database) {}

std::optional<std::int64_t> ProposalStore::propose(const Proposal& proposal) {
  try {
    return database_.insert(insert_proposal,
                            {proposal.kind, proposal.target.uuid, proposal.target.number, proposal.proposer.uuid,
                             proposal.proposer.number, proposal.created, proposal.due});
  } catch (const UniqueViolation&) {
    return std::nullopt;
  }
}

bool ProposalStore::reopen(std::int64_t id, UnixMillis seen_ended, const model::Incarnation& proposer, UnixMillis now,
                           UnixMillis due) {
  return database_.execute(reopen_proposal, {proposer.uuid, proposer.number, now, due, id, seen_ended}) > 0;
}

bool ProposalStore::adopt(std::int64_t id, const model::Incarnation& from, const model::Incarnation& to) {
  return database_.execute(adopt_proposal, {to.uuid, to.number, id, from.uuid, from.number}) > 0;
}

bool ProposalStore::finish(Session& session, std::int64_t id, const model::Incarnation& proposer,
                           const std::string& state, const std::string& outcome, UnixMillis now) {
  return session.execute(finish_proposal, {state, outcome, now, id, proposer.uuid, proposer.number}) > 0;
}

bool ProposalStore::finish(std::int64_t id, const model::Incarnation& proposer, const std::string& state,
                           const std::string& outcome, UnixMillis now) {
  return database_.execute(finish_proposal, {state, outcome, now, id, proposer.uuid, proposer.number}) > 0;
}

std::optional<Proposal> ProposalStore::find(const std::string& kind, const model::Incarnation& target) {
  auto found = read_proposals(database_.query(select_proposal, {kind, target.uuid, target.number}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Proposal> ProposalStore::open() {
  return read_proposals(database_.query(select_open));
}

std::vector<Proposal> ProposalStore::recent(std::size_t max) {
  return read_proposals(database_.query(select_recent, {static_cast<std::int64_t>(max)}));
}

std::optional<UnixMillis> ProposalStore::last_end(const std::string& kind, const std::string& target_uuid) {
  return database_.query(select_last_end, {kind, target_uuid}).at(0).optional_integer(0);
}

std::int64_t ProposalStore::prune(UnixMillis ended_before) {
  return database_.execute(delete_ended, {ended_before});
}

}  // namespace qd::store
