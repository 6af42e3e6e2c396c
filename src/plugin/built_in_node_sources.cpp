// Sources of nodes that are built in; node/*_source*.cpp read them.
#include "plugin/describe.hpp"

namespace qd::plugin {
namespace {

const Labels kFormats{{"resourcexml", "XML"}, {"resourceyaml", "YAML"}, {"resourcejson", "JSON"}};
constexpr const char* kByName = "Empty: as the name of the file says";

}  // namespace

std::vector<Provider> built_in_node_sources() {
  const char* service = service::node_source;
  std::vector<Provider> all{
      Description(service, "file", "File", "A file, which may be written.")
          .text("file", "Path of the file", "On the server")
          .needed()
          .choice("format", "Format", kFormats, kByName)
          .flag("writeable", "Can be edited here")
          .flag("generateFileAutomatically", "Create it when it is missing")
          .flag("includeServerNode", "Put this server into a new file")
          .flag("requireFileExists", "It is an error when it is missing"),
      Description(service, "directory", "Directory", "The files of a folder.").text("directory", "Folder").needed(),
      Description(service, "url", "URL Source", "A document of the web.")
          .text("url", "URL", "http://, https:// or file://")
          .needed()
          .number("timeout", "Time limit", "In seconds; 0: no limit")
          .standard("30")
          .flag("cache", "Ask for changes only", "", true),
      Description(service, "script", "Script", "What a program prints.")
          .text("file", "Path of the program")
          .needed()
          .text("interpreter", "Interpreter", "bash")
          .text("args", "Arguments")
          .choice("format", "Format", kFormats)
          .needed()
          .number("timeout", "Time limit", "In seconds")
          .flag("argsQuoted", "Quote the arguments"),
      Description(service, "stored", "Stored", "A document in the database, the same on every member.")
          .text("path", "Name of the document")
          .standard("etc/resources.yaml")
          .flag("writeable", "Can be edited here", "", true),
      Description(service, "local", "Local", "The server itself.")
          .text("description", "Description")
          .text("hostname", "Host name")
          .text("osFamily", "Family of its system", "unix, windows")
          .text("osName", "Its system")
          .text("osArch", "Architecture")
          .text("osVersion", "Version of its system")
          .lines("attributes", "More attributes", "name=value on each line"),
  };
  all.push_back(Description(service, "stub", "Stub", "Made-up nodes, for trials.")
                    .number("count", "How many")
                    .standard("1")
                    .text("prefix", "Name starts with")
                    .standard("node")
                    .text("suffix", "Name ends with")
                    .text("tags", "Tags", "Separated by commas")
                    .text("attrs", "Attributes", "name=value, separated by commas")
                    .text("delay", "Answers after", "Seconds, or a range of them: 0-10"));
  return all;
}

}  // namespace qd::plugin
