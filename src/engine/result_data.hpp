// Result data: a JSON document that a job leaves behind, made at the end of its execution from what its steps captured.
//
// Source: the peer's manual, "Result Data Plugins": the execution lifecycle plugins result-data-export-context (groups
// of the workflow's data as they are) and result-data-json-template (a document whose texts are filled, and whose lists
// and maps are filled with the values of nodes and steps).
#pragma once

#include <optional>

#include "base/json.hpp"
#include "base/result.hpp"
#include "engine/masker.hpp"
#include "engine/shared_data.hpp"
#include "model/data_context.hpp"
#include "model/job.hpp"

namespace qd::engine {

inline constexpr const char* result_data_key = "resultData";  // of the stored state

// `context` is that of the workflow with everything that its steps left behind. nullopt: the job leaves no document. An
// error says what is wrong with the template, or that the document is larger than 1 MiB. Secrets are masked in values
// of nodes and steps; `context` comes without them.
Result<std::optional<Json>> result_data(const model::Job& job, const model::DataContext& context,
                                        const SharedData& data, const Masker& masker);

}  // namespace qd::engine
