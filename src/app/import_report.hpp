// What `quarterdeck import` took over, and what it could not, line by line.
#pragma once

#include <string>
#include <vector>

namespace qd::app {

struct ImportRow {
  enum class Outcome { taken, there_already, not_taken } outcome = Outcome::taken;
  std::string kind;  // "user", "policy", "project", "key", "setting"…
  std::string name;
  std::string note;  // why not, what is to be done; may be empty
};

class ImportReport {
 public:
  void taken(std::string kind, std::string name, std::string note = {});
  void there_already(std::string kind, std::string name, std::string note = {});
  void not_taken(std::string kind, std::string name, std::string note);

  const std::vector<ImportRow>& rows() const { return rows_; }
  std::size_t count(ImportRow::Outcome outcome) const;
  // A table for a terminal, and a last line with the sums. What was not taken comes last.
  std::string text() const;

 private:
  std::vector<ImportRow> rows_;
};

}  // namespace qd::app
