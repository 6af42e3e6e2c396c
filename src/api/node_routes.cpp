// Nodes of projects, and the sources that they come from.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "codec/node_codec.hpp"
#include "model/arg_string.hpp"

namespace qd::api {
namespace {

using codec::NodeFormat;

constexpr int kJsonByDefaultSince = 23;

tl::unexpected<Error> unsupported_node_format(const std::string& format) {
  return fail(ErrorKind::unsupported_format, "The format specified is unsupported: " + format,
              "api.error.resource.format.unsupported");
}

// What `format` says, else the first of Accept that is spoken here, else the version's default.
Result<NodeFormat> answer_format(const Call& call) {
  if (const auto named = call.query("format")) {
    const auto format = codec::node_format_by_name(*named);
    if (!format) return unsupported_node_format(*named);
    return *format;
  }
  const std::string accept = call.request.header_or("Accept", "");
  bool anything = base::trim(accept).empty();
  for (const auto& range : base::split_trimmed(accept, ',')) {
    const std::string type(base::trim(std::string_view(range).substr(0, range.find(';'))));
    if (const auto format = codec::node_format_by_media_type(type)) return *format;
    anything = anything || type == "*/*" || type == "application/*" || base::iequals(type, "text/html");
  }
  if (!anything) return unsupported_node_format(accept);
  return call.version < kJsonByDefaultSince ? NodeFormat::xml : NodeFormat::json;
}

http::Response document_answer(const std::vector<const model::Node*>& nodes, NodeFormat format) {
  if (format == NodeFormat::json) return http::Response::json(200, codec::encode_nodes(nodes, format));
  return http::Response::text(200, codec::encode_nodes(nodes, format),
                              std::string(codec::media_type(format)) + ";charset=UTF-8");
}

http::Response list_answer(const Call& call, const Result<service::NodeList>& list) {
  if (!list) return error_answer(list.error());
  const auto format = answer_format(call);
  return answer(format, [&](NodeFormat chosen) { return document_answer(list->nodes, chosen); });
}

// The filter parameters of old clients, as filter text: `hostname=x` is "hostname: x", `exclude-hostname=x` excludes.
service::NodeQuery query_of(const Call& call) {
  service::NodeQuery query;
  query.filter = call.query("filter").value_or("");
  for (const char* key : {"hostname", "tags", "os-name", "os-family", "os-arch", "os-version", "name"}) {
    const std::string name = key;
    const auto add = [&](std::string& filter, const std::optional<std::string>& value) {
      if (!value) return;
      filter += (filter.empty() ? "" : " ") + name + ": " + model::join_args({*value});
    };
    add(query.filter, call.query(name));
    add(query.exclude, call.query("exclude-" + name));
  }
  if (const auto precedence = call.query("exclude-precedence")) {
    query.exclude_precedence = base::iequals(*precedence, "true");
  }
  return query;
}

http::Response list_nodes(Call& call) {
  return list_answer(call, call.services.nodes.list(call.who, call.param("project"), query_of(call)));
}

http::Response get_node(Call& call) {
  return list_answer(call, call.services.nodes.find(call.who, call.param("project"), call.param("name")));
}

http::Response list_node_tags(Call& call) {
  const auto tags = call.services.nodes.tags(call.who, call.param("project"));
  return answer(tags, [](const std::vector<std::pair<std::string, std::size_t>>& counts) {
    JsonArray list;
    for (const auto& [tag, count] : counts) list.push_back(JsonObject{{"name", tag}, {"nodeCount", count}});
    return json_answer(JsonObject{{"tags", std::move(list)}});
  });
}

JsonObject source_json(const Call& call, const node::SourceView& source) {
  const std::string path = "/project/" + call.param("project") + "/source/" + std::to_string(source.index);
  JsonObject resources{{"href", api_url(call.services, path + "/resources")}, {"writeable", source.writeable}};
  if (source.writeable) {
    resources["description"] = source.description;
    resources["empty"] = source.empty;
    if (source.format) resources["syntaxMimeType"] = codec::media_type(*source.format);
    resources["editPermalink"] = call.services.server_url + call.services.context_path + "/project/" +
                                 call.param("project") + "/nodes/source/" + std::to_string(source.index) + "/edit";
  }
  JsonObject object{{"index", source.index}, {"type", source.type}, {"resources", std::move(resources)}};
  if (!source.errors.empty()) object["errors"] = source.errors;
  return object;
}

http::Response list_sources(Call& call) {
  const auto sources = call.services.nodes.sources(call.who, call.param("project"));
  return answer(sources, [&](const std::vector<node::SourceView>& found) {
    JsonArray list;
    for (const auto& source : found) list.push_back(source_json(call, source));
    return json_answer(list);
  });
}

http::Response get_source(Call& call) {
  const auto source = call.services.nodes.source(call.who, call.param("project"), call.param("index"));
  return answer(source, [&](const node::SourceView& found) { return json_answer(source_json(call, found)); });
}

http::Response source_nodes_answer(const Call& call, const Result<node::SourceView>& source) {
  return list_answer(call, source.map([](const node::SourceView& view) {
    service::NodeList list{view.nodes, {}};
    for (const model::Node& node : *view.nodes) list.nodes.push_back(&node);
    return list;
  }));
}

http::Response get_source_nodes(Call& call) {
  return source_nodes_answer(call, call.services.nodes.source(call.who, call.param("project"), call.param("index")));
}

http::Response put_source_nodes(Call& call) {
  const auto source = call.services.nodes.source(call.who, call.param("project"), call.param("index"));
  if (!source) return error_answer(source.error());
  if (!source->writeable) {
    return error_answer(405, "api.error.invalid.request",
                        "Invalid API Request: POST to readonly project source index " + call.param("index"));
  }
  const auto type = call.request.content_type();
  const auto format = codec::node_format_by_media_type(type);
  if (!format) return error_answer(unsupported_node_format(type).value());
  return source_nodes_answer(call, call.services.nodes.write_source(call.who, call.param("project"),
                                                                    call.param("index"), call.request.body, *format));
}

}  // namespace

const std::vector<Route>& node_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/resources", 14, {"node", "read"}, list_nodes},
      {"GET", "project/{project}/resource/{name}", 14, {"node", "read"}, get_node},
      {"GET", "project/{project}/nodes/tags", 52, {"node", "read"}, list_node_tags},
      {"GET", "project/{project}/sources", 23, {"project", "configure"}, list_sources},
      {"GET", "project/{project}/source/{index}", 23, {"project", "configure"}, get_source},
      {"GET", "project/{project}/source/{index}/resources", 23, {"project", "configure"}, get_source_nodes},
      {"POST", "project/{project}/source/{index}/resources", 23, {"project", "configure"}, put_source_nodes},
  };
  return kRoutes;
}

}  // namespace qd::api
