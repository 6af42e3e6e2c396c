#include "log/block_marks.hpp"

namespace qd::log {
namespace {

// FNV-1a, https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
constexpr std::uint64_t fnv_start = 14695981039346656037u;
constexpr std::uint64_t fnv_prime = 1099511628211u;
constexpr std::uint64_t of_node = fnv_start ^ 'n', of_step = fnv_start ^ 's';

std::uint64_t hashed(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
  return hash;
}

std::uint32_t folded(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

// Goes over "2@node=web1/1" as over "2/1": calls `inside` with the hash of "2/" and of "2/1/"; returns that of "2/1".
template <typename Inside>
std::uint64_t hashed_steps(std::string_view stepctx, const Inside& inside) {
  auto hash = of_step;
  while (true) {
    const auto slash = stepctx.find('/');
    const auto step = stepctx.substr(0, slash);
    hash = hashed(hash, step.substr(0, step.find('@')));
    const auto with_slash = hashed(hash, "/");
    inside(with_slash);
    if (slash == std::string_view::npos) return hash;
    hash = with_slash;
    stepctx.remove_prefix(slash + 1);
  }
}

}  // namespace

EventMarks marks_of(std::string_view node, std::string_view stepctx) {
  EventMarks marks;
  marks.fingerprint = hashed(hashed(hashed(fnv_start, node), "\n"), stepctx) | 1;  // 0 is no event's
  if (!node.empty()) marks.nodes.push_back(node_mark(node));
  if (stepctx.empty()) return marks;
  const auto whole = hashed_steps(stepctx, [&](std::uint64_t inside) { marks.steps.push_back(folded(inside)); });
  marks.steps.push_back(folded(whole));
  return marks;
}

EventMarks marks_of(const Meta& meta) {
  const auto node = meta.find("node");
  const auto step = meta.find("stepctx");
  return marks_of(node == meta.end() ? std::string_view() : node->second,
                  step == meta.end() ? std::string_view() : step->second);
}

std::uint32_t node_mark(std::string_view node) {
  return folded(hashed(of_node, node));
}

std::uint32_t step_mark(std::string_view stepctx) {
  const bool inside_too = stepctx.ends_with('/');
  if (inside_too) stepctx.remove_suffix(1);
  std::uint64_t last_inside = 0;
  const auto whole = hashed_steps(stepctx, [&](std::uint64_t inside) { last_inside = inside; });
  return folded(inside_too ? last_inside : whole);
}

void MarkSet::add(std::uint32_t mark) {
  if (any_ || !marks_.insert(mark).second || marks_.size() <= most) return;
  any_ = true;
  marks_ = {};
}

void MarkSet::add_all(const MarkSet& other) {
  if (other.any_) {
    any_ = true;
    marks_ = {};
  }
  for (const auto mark : other.marks_) add(mark);
}

void MarkSet::clear() {
  marks_.clear();
  any_ = false;
}

void BlockMarks::add(bool is_line, const EventMarks& event) {
  if (is_line) ++lines_;
  if (event.fingerprint == last_) return;
  last_ = event.fingerprint;
  for (const auto node : event.nodes) nodes_.add(node);
  for (const auto step : event.steps) steps_.add(step);
}

void BlockMarks::merge(const BlockMarks& later) {
  lines_ += later.lines_;
  nodes_.add_all(later.nodes_);
  steps_.add_all(later.steps_);
  last_ = 0;
}

void BlockMarks::clear() {
  lines_ = 0;
  nodes_.clear();
  steps_.clear();
  last_ = 0;
}

}  // namespace qd::log
