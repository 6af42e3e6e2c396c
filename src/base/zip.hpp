// Zip files, written and read entry after entry: memory does not grow with their size. Blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::base {

// Deflates what it is given into a new file that its user alone may read. Used by one thread at a time. Names are paths
// with slashes, one that ends in a slash is a folder.
class ZipWriter {
 public:
  // Replaces what is at `path`. A writer that goes away before finish() leaves a broken file there.
  static Result<std::unique_ptr<ZipWriter>> create(const std::string& path);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  Result<> add_folder(const std::string& name);
  Result<> add_text(const std::string& name, std::string_view content);
  // `size` bytes, as `next(offset, most)` gives them: at least one and at most `most` at a time.
  using Source = std::function<Result<std::string>(std::uint64_t offset, std::size_t most)>;
  Result<> add(const std::string& name, std::uint64_t size, const Source& next);
  Result<> finish();

 private:
  struct Impl;
  explicit ZipWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct ZipLimits {
  std::uint64_t max_file = 64u << 20;    // of each entry, unpacked
  std::uint64_t max_total = 256u << 20;  // of all of them, unpacked
  std::size_t max_entries = 10'000;
};

struct ZipEntry {
  std::string name;  // without "." and empty parts: "a/b.txt", a folder without the slash at its end
  bool folder = false;
};

// Reads a file that anybody may have made. An entry that is neither file nor folder, or whose name leads elsewhere
// ("../x", "/x", "a\b"), is an error, as is more than the limits allow, however little the packed bytes are.
class ZipReader {
 public:
  // Errors: not_found (it cannot be opened), invalid (it is no zip file).
  static Result<std::unique_ptr<ZipReader>> open(const std::string& path, const ZipLimits& limits);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  // Goes to the next entry; nullopt at the end.
  Result<std::optional<ZipEntry>> next();
  // What the current entry holds, once: as a new file, whose folder is there, or as text of at most `most` bytes.
  Result<> save(const std::string& path);
  Result<std::string> text(std::size_t most);

 private:
  struct Impl;
  explicit ZipReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::base
