// Cron expressions in the dialect of Quartz 2, and when they fire.
//
//   seconds minutes hours day-of-month month weekday [year]
//
// Every field takes `*`, values, ranges `a-b` (which wrap: FRI-MON, 22-2), steps (`*/n`, `a/n`, `a-b/n`) and lists of
// these. Months and weekdays also have English names in any case (JAN, MON); weekdays count from 1, Sunday. Day of
// month takes `L` (the last day), `L-n` (n days before it), `nW` (the weekday, Monday to Friday, nearest to day n and
// in its month), `LW` and `L-nW`; weekday takes `nL` (the last one of the month), `n#k` (the k-th) and `L` (Saturday).
// Exactly one of the two day fields is `?`. Years are 1970 to 2099. A day that a month does not have never fires in it.
// Source: the public tutorial on Quartz's CronTrigger. Two things that Quartz refuses or misreads are taken as they
// read: lists with several L, W and # (`1,15,L`, `MON#1,FRI#3`), and steps on ranges of names (`MON-FRI/2`).
//
// Daylight saving: a local time that is skipped does not fire on that day, and a local time that occurs twice fires
// once, at its second occurrence, as in Quartz. Only expressions that allow every hour (`*`, `0/1`) fire at both
// occurrences, so that a job of every five minutes keeps its pace (Quartz stops it for an hour).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/cron_fields.hpp"
#include "model/time_zone.hpp"

namespace qd::model {

// A value of 128 bytes; const methods are thread-safe and mostly take less than a microsecond.
class Cron {
 public:
  // Errors, of kind `invalid`, name the field, what is wrong, and something right. An expression that can never fire
  // (February 30) is one; one whose years are over is not.
  static Result<Cron> parse(std::string_view text);

  // The first fire strictly after `after`; always a whole second. Nothing when there is none up to the end of 2099.
  std::optional<UnixMillis> next(UnixMillis after, const TimeZone& zone) const;
  // The last fire strictly before `before`. Nothing when there is none from 1970 on. Tests hold next() against it.
  std::optional<UnixMillis> previous(UnixMillis before, const TimeZone& zone) const;

  const std::string& text() const { return text_; }  // as it was given, without outer blanks
  bool operator==(const Cron& other) const { return fields_ == other.fields_; }

 private:
  Cron(std::string text, const CronFields& fields) : text_(std::move(text)), fields_(fields) {}

  std::string text_;
  CronFields fields_;
};

}  // namespace qd::model
