// Values as libpq carries them in text form.
#pragma once

#include <libpq-fe.h>
#include <string>

#include "store/database.hpp"

namespace qd::store {

Rows read_rows(const PGresult* result);
std::string exact_text(double value);  // reads back as the same number

}  // namespace qd::store
