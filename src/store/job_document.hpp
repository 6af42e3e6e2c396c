// Jobs as the text of a document column.
#pragma once

#include <string>
#include <string_view>

#include "model/job.hpp"

namespace qd::store {

std::string write_job_document(const model::Job& job);
// `where` names the row. Throws DatabaseError when the document is damaged.
model::Job read_job_document(std::string_view document, const std::string& where);

}  // namespace qd::store
