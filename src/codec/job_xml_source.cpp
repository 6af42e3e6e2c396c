#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "codec/job_source.hpp"
#include "codec/job_xml_read.hpp"
#include "codec/line_counter.hpp"
#include "codec/xml_tree.hpp"

namespace qd::codec {
namespace {

// The parsed file, kept to find lines.
class XmlJobs {
 public:
  explicit XmlJobs(std::string_view text) : lines_(text) {}

  // Entities are resolved by XmlTree, which knows no others than XML's own: a document type cannot multiply text.
  Result<> parse(std::string_view text) {
    constexpr unsigned flags = pugi::parse_cdata | pugi::parse_eol | pugi::parse_wconv_attribute |
                               pugi::parse_ws_pcdata_single | pugi::parse_doctype;
    const auto parsed = document_.load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
    if (!parsed) {
      return fail(ErrorKind::invalid, "The XML text is broken at line " +
                                          std::to_string(lines_.line_of(static_cast<std::size_t>(parsed.offset))) +
                                          ": " + parsed.description() + ".");
    }
    for (const pugi::xml_node& node : document_.children()) {
      if (node.type() == pugi::node_doctype) {
        return fail(ErrorKind::invalid, "The XML text holds a document type (<!DOCTYPE>); remove it.");
      }
    }
    const pugi::xml_node root = document_.document_element();
    if (std::string_view(root.name()) != "joblist") {
      return fail(ErrorKind::invalid,
                  "The XML root element must be <joblist>, not <" + std::string(root.name()) + ">.");
    }
    for (const pugi::xml_node& job : root.children("job")) jobs_.push_back(job);
    if (jobs_.empty()) return fail(ErrorKind::invalid, "The XML text holds no <job> element.");
    option_orders_.resize(jobs_.size());
    return {};
  }

  std::size_t size() const { return jobs_.size(); }

  JobSource::Entry read(std::size_t index, std::size_t max_depth) {
    JobSource::Entry entry;
    entry.document = XmlTree(max_depth, entry.problem).value(jobs_[index]);
    if (JsonObject* job = entry.document.if_object(); job && !entry.problem.found) {
      option_orders_[index] = from_xml_words(*job, entry.problem);
    } else if (!entry.problem.found) {
      entry.document = JsonObject();  // <job/>
    }
    return entry;
  }

  int line_of(const FieldPath& path) {
    if (path.empty()) return 1;
    const auto index = static_cast<std::size_t>(base::parse_int(path.front()).value_or(0));
    const FieldPath rest(path.begin() + 1, path.end());
    const pugi::xml_node node = locate(index, rest);
    return lines_.line_of(static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0)));
  }

 private:
  pugi::xml_node nth(const pugi::xml_node& parent, const char* name, const std::string& index) {
    auto left = base::parse_int(index).value_or(-1);
    for (const pugi::xml_node& child : parent.children(name)) {
      if (left-- == 0) return child;
    }
    return {};
  }

  pugi::xml_node option(std::size_t job, const std::string& index) {
    const pugi::xml_node options = jobs_[job].child("context").child("options");
    const auto at = static_cast<std::size_t>(base::parse_int(index).value_or(0));
    const auto& order = option_orders_[job];
    return nth(options, "option", at < order.size() ? std::to_string(order[at]) : index);
  }

  // The element that says what stands at `path` in the JSON format, or the deepest one on the way.
  pugi::xml_node locate(std::size_t job, const FieldPath& path) {
    pugi::xml_node node = jobs_[job];
    std::size_t step = 0;
    const auto move = [&](const pugi::xml_node& next, std::size_t steps) {
      if (next) node = next;
      step += steps;
      return static_cast<bool>(next);
    };
    if (path.size() > 1 && path[0] == "options") {
      if (!move(option(job, path[1]), 2)) return jobs_[job].child("context");
    } else if (path.size() > 2 && path[0] == "sequence" && path[1] == "commands") {
      if (!move(nth(node.child("sequence"), "command", path[2]), 3)) return node.child("sequence");
    } else if (path.size() > 1 && path[0] == "nodefilters" && path[1] == "dispatch" && node.child("dispatch")) {
      move(node.child("dispatch"), 2);
    }
    while (step < path.size() && move(node.child(path[step].c_str()), 1)) {
    }
    return node;
  }

  pugi::xml_document document_;
  LineCounter lines_;
  std::vector<pugi::xml_node> jobs_;
  std::vector<std::vector<std::size_t>> option_orders_;
};

}  // namespace

Result<JobSource> open_xml_source(std::string_view text, const DecodeLimits& limits) {
  if (auto fine = check_job_file(text, limits); !fine) return fail(fine.error());
  const auto tags = static_cast<std::size_t>(std::count(text.begin(), text.end(), '<'));
  const auto attributes = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
  if (tags + attributes > 2 * limits.max_nodes) {
    return fail(ErrorKind::too_large,
                "The job file holds more than " + std::to_string(limits.max_nodes) + " elements.");
  }
  auto jobs = std::make_shared<XmlJobs>(text);
  if (auto parsed = jobs->parse(text); !parsed) return fail(parsed.error());
  JobSource source;
  source.entries.reserve(jobs->size());
  for (std::size_t i = 0; i < jobs->size(); ++i) source.entries.push_back(jobs->read(i, limits.max_depth));
  source.line_of = [jobs](const FieldPath& path) { return jobs->line_of(path); };
  return source;
}

}  // namespace qd::codec
