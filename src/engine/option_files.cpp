#include "engine/option_files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "base/id.hpp"

namespace qd::engine {

namespace {

Result<void> write_private_file(const std::string& path, const std::string& content) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  std::size_t done = 0;
  ssize_t size = fd < 0 ? -1 : 0;
  while (size >= 0 && done < content.size()) {
    size = ::write(fd, content.data() + done, content.size() - done);
    if (size > 0) done += static_cast<std::size_t>(size);
  }
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (size >= 0) return {};
  return fail(ErrorKind::internal, "The option file '" + path + "' cannot be written: " + std::strerror(error));
}

}  // namespace

Result<model::DataContext::Group> write_files(store::UploadStore& uploads, const model::Job& job,
                                              const model::RunOptions& options, const std::string& directory,
                                              std::vector<std::string>& written) {
  model::DataContext::Group group;
  for (const auto& option : job.options) {
    if (option.type != "file") continue;
    const auto id = options.plain.find(option.name);
    if (id == options.plain.end() || id->second.empty()) continue;
    const auto upload = uploads.find(id->second);
    const auto content = uploads.content(id->second);
    if (!upload || !content) {
      return fail(ErrorKind::not_found, "The file of option '" + option.name + "' is not there any more");
    }
    const auto path = directory + "/qd-file-" + base::new_uuid();
    written.push_back(path);
    if (auto done = write_private_file(path, *content); !done) return fail(done.error());
    group[option.name] = path;
    group[option.name + ".fileName"] = group[option.name + ".filename"] = upload->file_name;
    group[option.name + ".sha"] = upload->sha256;
  }
  return group;
}

void remove_files(const std::vector<std::string>& paths) {
  for (const auto& path : paths) ::unlink(path.c_str());
}

}  // namespace qd::engine
