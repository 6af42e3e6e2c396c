// Filling references into texts: plain texts, shell commands, script arguments and script bodies.
//
// A reference is `${group.key}` without blanks inside. One that has no value stays as it is, so that the shell's own
// `${HOME}` is left alone; but `${option.x}` of an option that has no value becomes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/data_context.hpp"

namespace qd::model {

// Values are put in as they are. For filters, paths, URLs, arguments of job references; never for commands.
std::string expand_text(std::string_view text, const DataContext& context);

// A command for /bin/sh. Every value is quoted for the place where it stands (a bare word, inside "…", inside '…',
// inside $(…)), so that it stays one piece of text there and cannot end its word, its quotes or the command.
// `${unquotedoption.x}` is put in as it is. In places where no quoting is safe (here-documents, arithmetic, nested
// ${…}, $'…', a case inside $(…)) only plain values are taken; others are an error that names the reference and the way
// out.
Result<std::string> expand_command(std::string_view command, const DataContext& context);

// The arguments of a script, one value each: no shell reads them, so nothing needs quotes. References in one argument
// stay in it, whatever their values hold; only one with `${unquotedoption.x}` is split again after it was filled.
std::vector<std::string> expand_arguments(std::string_view args, const DataContext& context);

// A script's body: `@group.key@` is replaced, by nothing when it has no value (`@data.x/web1@` is the value of node
// web1); `@@` is one @; an @ that is followed by
// a blank before the next @ is left alone.
std::string expand_tokens(std::string_view script, const DataContext& context);

}  // namespace qd::model
