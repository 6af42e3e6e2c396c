#include "app/import_report.hpp"

#include <algorithm>
#include <array>

namespace qd::app {
namespace {

constexpr std::array kOutcomes{ImportRow::Outcome::taken, ImportRow::Outcome::there_already,
                               ImportRow::Outcome::not_taken};

const char* word_of(ImportRow::Outcome outcome) {
  switch (outcome) {
    case ImportRow::Outcome::taken:
      return "taken";
    case ImportRow::Outcome::there_already:
      return "there already";
    case ImportRow::Outcome::not_taken:
      return "NOT TAKEN";
  }
  return "";
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

}  // namespace

void ImportReport::taken(std::string kind, std::string name, std::string note) {
  rows_.push_back({ImportRow::Outcome::taken, std::move(kind), std::move(name), std::move(note)});
}

void ImportReport::there_already(std::string kind, std::string name, std::string note) {
  rows_.push_back({ImportRow::Outcome::there_already, std::move(kind), std::move(name), std::move(note)});
}

void ImportReport::not_taken(std::string kind, std::string name, std::string note) {
  rows_.push_back({ImportRow::Outcome::not_taken, std::move(kind), std::move(name), std::move(note)});
}

std::size_t ImportReport::count(ImportRow::Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(rows_.begin(), rows_.end(), [&](const ImportRow& row) { return row.outcome == outcome; }));
}

std::string ImportReport::text() const {
  std::size_t kinds = 0, names = 0;
  constexpr std::size_t longest_name = 60;
  for (const auto& row : rows_) {
    kinds = std::max(kinds, row.kind.size());
    names = std::max(names, std::min(row.name.size(), longest_name));
  }
  std::string text;
  for (const auto outcome : kOutcomes) {
    for (const auto& row : rows_) {
      if (row.outcome != outcome) continue;
      std::string line = padded(word_of(outcome), 13) + padded(row.kind, kinds) + padded(row.name, names) + row.note;
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  }
  return text + std::to_string(count(ImportRow::Outcome::taken)) + " taken, " +
         std::to_string(count(ImportRow::Outcome::there_already)) + " there already, " +
         std::to_string(count(ImportRow::Outcome::not_taken)) + " not taken\n";
}

}  // namespace qd::app
