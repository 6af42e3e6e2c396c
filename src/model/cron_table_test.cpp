// Cron against tests/golden/cron: what Quartz itself says (quartz.tsv), and where the rule here differs on purpose.
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "model/cron.hpp"

namespace qd::model {
namespace {

struct TableRow {
  std::string place;  // "quartz.tsv:12"
  std::string expression, zone, from;
  std::vector<std::string> fires;  // five, with "-" behind the last; or the one word "refused"
};

std::vector<TableRow> read_table(const std::string& name) {
  std::ifstream file(std::string(QD_SOURCE_DIR) + "/tests/golden/cron/" + name);
  std::vector<TableRow> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto fields = base::split(line, '\t');
    TableRow row{name + ":" + std::to_string(number), fields.at(0), fields.at(1), fields.at(2), {}};
    row.fires.assign(fields.begin() + 3, fields.end());
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> our_fires(const TableRow& row) {
  const auto cron = Cron::parse(row.expression);
  if (!cron) return {"refused"};
  const auto zone = TimeZone::find(row.zone);
  if (!zone) return {zone.error().message};
  std::vector<std::string> fires;
  std::optional<UnixMillis> at = parse_iso8601(row.from);
  while (fires.size() < 5) {
    if (at) at = cron->next(*at, *zone);
    fires.push_back(at ? iso8601(*at) : "-");
  }
  return fires;
}

// From each fire, previous() must lead to the one before it.
void expect_the_way_back(const TableRow& row) {
  const auto cron = Cron::parse(row.expression);
  const auto zone = TimeZone::find(row.zone);
  if (!cron || !zone) return;
  for (std::size_t i = 1; i < row.fires.size() && row.fires[i] != "-"; ++i) {
    const auto before = cron->previous(*parse_iso8601(row.fires[i]), *zone);
    EXPECT_EQ(before ? iso8601(*before) : "-", row.fires[i - 1]) << row.place << " back: " << row.expression;
  }
}

TEST(CronTable, IsWhatQuartzSays) {
  const std::vector<std::string> never(5, "-");
  const auto rows = read_table("quartz.tsv");
  EXPECT_GE(rows.size(), 320u);
  for (const TableRow& row : rows) {
    const auto fires = our_fires(row);
    // Quartz takes an expression that can never fire; here it is refused.
    if (row.fires == never && fires == std::vector<std::string>{"refused"}) continue;
    EXPECT_EQ(fires, row.fires) << row.place << ": " << row.expression << " " << row.zone << " " << row.from;
    expect_the_way_back(row);
  }
}

TEST(CronTable, DiffersWhereItIsMeantTo) {
  const auto rows = read_table("differences.tsv");
  EXPECT_GE(rows.size(), 20u);
  for (const TableRow& row : rows) {
    EXPECT_EQ(our_fires(row), row.fires) << row.place << ": " << row.expression << " " << row.zone << " " << row.from;
    expect_the_way_back(row);
  }
}

}  // namespace
}  // namespace qd::model
