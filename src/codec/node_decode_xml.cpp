// Resource documents in XML: <project><node name="…" attribute="…"><attribute name="…" value="…"/></node></project>.
#include <pugixml.hpp>

#include "base/text.hpp"
#include "codec/line_counter.hpp"
#include "codec/node_source.hpp"

namespace qd::codec {
namespace {

// What the peer writes for attributes that a node does not have.
bool empty_means_absent(std::string_view key) {
  return key == "description" || key == "hostname" || key == "username" || key == "osArch" || key == "osFamily" ||
         key == "osName" || key == "osVersion" || key == "editUrl" || key == "remoteUrl";
}

class XmlNodes {
 public:
  explicit XmlNodes(std::string_view text) : text_(text) {}

  Result<std::vector<model::Node>> read(const NodeLimits& limits) {
    if (auto parsed = parse(); !parsed) return fail(parsed.error());
    std::vector<model::Node> nodes;
    std::size_t values = 0;
    for (const pugi::xml_node& element : document_.document_element().children("node")) {
      model::Node node;
      node.name = element.attribute("name").value();
      if (base::trim(node.name).empty()) return wrong(nodes.size() + 1, "", element, "needs a 'name'");
      for (const pugi::xml_attribute& attribute : element.attributes()) {
        const std::string_view key = attribute.name();
        const std::string_view value = attribute.value();
        ++values;
        if (key == "name" || key == "nodename" || (value.empty() && empty_means_absent(key))) continue;
        put_attribute(node, key, std::string(value));
      }
      if (auto fine = read_children(element, node, nodes.size() + 1, values); !fine) return fail(fine.error());
      if (++values > limits.max_values) {
        return fail(ErrorKind::too_large,
                    "The resource document holds more than " + std::to_string(limits.max_values) + " values.");
      }
      nodes.push_back(std::move(node));
    }
    return nodes;
  }

 private:
  // Without an inner part, a document type declares no entities: the peer's documents may name theirs.
  Result<> parse() {
    constexpr unsigned flags = pugi::parse_default | pugi::parse_doctype;
    const auto parsed = document_.load_buffer(text_.data(), text_.size(), flags, pugi::encoding_utf8);
    if (!parsed) {
      return fail(ErrorKind::invalid, "The XML text is broken at line " + std::to_string(line(parsed.offset)) + ": " +
                                          parsed.description() + ".");
    }
    for (const pugi::xml_node& node : document_.children()) {
      if (node.type() == pugi::node_doctype && std::string_view(node.value()).find('[') != std::string_view::npos) {
        return fail(ErrorKind::invalid, "The XML text declares entities in its <!DOCTYPE>; remove them.");
      }
    }
    if (const std::string root = document_.document_element().name(); root != "project") {
      return fail(ErrorKind::invalid, "The XML root element must be <project>, not <" + root + ">.");
    }
    return {};
  }

  Result<> read_children(const pugi::xml_node& element, model::Node& node, std::size_t number, std::size_t& values) {
    for (const pugi::xml_node& child : element.children("attribute")) {
      const std::string_view key = child.attribute("name").value();
      if (key.empty()) return wrong(number, node.name, child, "has an <attribute> without a 'name'");
      const pugi::xml_attribute value = child.attribute("value");
      if (key != "nodename") put_attribute(node, key, value ? value.value() : child.text().get());
      ++values;
    }
    return {};
  }

  tl::unexpected<Error> wrong(std::size_t number, const std::string& name, const pugi::xml_node& element,
                              const std::string& what) {
    return fail(ErrorKind::invalid, "node " + std::to_string(number) + (name.empty() ? "" : " (\"" + name + "\")") +
                                        " line " + std::to_string(line(element.offset_debug())) + ": the node " + what +
                                        ".");
  }

  int line(std::ptrdiff_t offset) {
    return LineCounter(text_).line_of(static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
  }

  std::string_view text_;
  pugi::xml_document document_;
};

}  // namespace

Result<std::vector<model::Node>> decode_nodes_xml(std::string_view text, const NodeLimits& limits) {
  return XmlNodes(text).read(limits);
}

}  // namespace qd::codec
