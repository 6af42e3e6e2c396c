// What configures executors and file copiers for one node: its attributes, then the project, then the framework.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/node.hpp"
#include "node/executor.hpp"

namespace qd::node {

// References to both must live as long as this does.
class NodeSettings {
 public:
  NodeSettings(const ExecContext& ctx, const model::Node& node) : ctx_(ctx), node_(node) {}

  // As written: the node's attribute `name`, else `project.NAME` (unless empty), else `framework.NAME`; null: none.
  const std::string* find(const std::string& name) const;
  // The project's or framework's property of exactly this name, also with "project." before it; null: none.
  const std::string* property(const std::string& name) const;

  // find(), trimmed, with references filled; `fallback` when it is missing or empty.
  std::string text(const std::string& name, const std::string& fallback = {}) const;
  bool truth(const std::string& name, bool fallback) const;
  std::optional<std::int64_t> number(const std::string& name) const;  // nullopt: missing, or no number

  std::string filled(const std::string& written) const;  // references filled from the context

  // The value of a secure option, by a reference "option.NAME"; "" when there is none.
  std::string secure_option(const std::string& reference) const;

 private:
  const ExecContext& ctx_;
  const model::Node& node_;
};

}  // namespace qd::node
