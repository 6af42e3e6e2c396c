// Reading the fields of a job's document: forgiving about spelling ("true", 1, yes), strict about shape, and exact
// about what was wrong and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace qd::codec {

// Where in a job's document a value stands: keys, and indexes as decimal text.
using FieldPath = std::vector<std::string>;

// The first thing that is wrong with a job. Later reports are dropped: they are mostly its consequences.
struct FieldProblem {
  bool found = false;
  FieldPath path;
  std::string message;
  std::vector<std::string> ignored;  // what is not wrong, but means nothing: whole sentences without their full stops

  void report(FieldPath where, std::string what);
};

// One map of a job's document. Fields that nobody asked for are its `rest()`.
// Null counts as absent everywhere, as it does for the peer. `object` and `problem` must outlive this.
class Fields {
 public:
  // `subject` names the map in messages (`option "x"`); empty for the job itself.
  Fields(const JsonObject& object, FieldPath path, std::string subject, FieldProblem& problem);

  const Json* take(std::string_view key);  // nullptr when absent or null
  bool holds(std::string_view key) const;  // neither absent nor null
  // Any scalar as text; empty when absent.
  std::string text(std::string_view key);
  std::optional<std::string> maybe_text(std::string_view key);  // nullopt when absent or empty
  // true, false, yes, no, on, off, 1, 0 in any case and type; an empty text counts as absent.
  bool flag(std::string_view key, bool fallback);
  std::optional<bool> maybe_flag(std::string_view key);
  const JsonObject* object(std::string_view key);  // nullptr when absent or an empty text
  const JsonArray* list(std::string_view key);     // likewise

  JsonObject rest() const;

  // Reports `key` as wrong; `what` is the end of the sentence: "must be a map".
  void wrong(std::string_view key, const std::string& what);
  // `key` means nothing, and the job goes without it; `what` likewise.
  void ignore(std::string_view key, const std::string& what);
  FieldPath path_of(std::string_view key) const;
  FieldProblem& problem() { return problem_; }
  const std::string& subject() const { return subject_; }

 private:
  const JsonObject& object_;
  FieldPath path_;
  std::string subject_;
  FieldProblem& problem_;
  std::vector<std::string_view> asked_;
};

// A scalar as it is written: 1.5 is "1.5". nullopt for null, lists and maps.
std::optional<std::string> plain_text(const Json& value);
// The shortest spelling of at most 15 digits, always recognisable as no integer: "1.0", "1e+20".
std::string number_text(double number);
// `value` as a message shows it: quoted and cut when it is long, "a map" or "a list" when it is no scalar.
std::string shown(const Json& value);

}  // namespace qd::codec
