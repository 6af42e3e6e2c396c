// A part of a project that stands in archives beside jobs, executions, configuration, readmes and policies: webhooks,
// calendars… Whoever has such a part writes one of these and adds it to the list that the server gives to
// ProjectExport and ProjectImport; nothing else knows it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "base/zip.hpp"

namespace qd::service {

// exportOpts.NAME.KEY and importOpts.NAME.KEY of the API.
using ComponentOptions = std::map<std::string, std::string>;
// What an archive holds for a component: contents by path below the archive's root ("webhooks.yaml").
using ComponentFiles = std::map<std::string, std::string>;

// Where an export's files go; paths are below the archive's root.
class ArchiveSink {
 public:
  ArchiveSink(base::ZipWriter& zip, std::string root) : zip_(zip), root_(std::move(root)) {}
  Result<> add(const std::string& path, const std::string& content) { return zip_.add_text(root_ + path, content); }

 private:
  base::ZipWriter& zip_;
  const std::string root_;
};

// Thread-safe.
class ArchiveComponent {
 public:
  virtual ~ArchiveComponent() = default;
  virtual std::string name() const = 0;  // "webhooks", as importComponents.NAME has it
  // Without the right to it, it is left out of what `who` exports, and an error of what he imports.
  virtual bool may_export(const auth::Identity& who, const std::string& project) const = 0;
  virtual bool may_import(const auth::Identity& who, const std::string& project) const = 0;
  virtual bool takes(const std::string& path) const = 0;  // is this file of an archive the component's?
  virtual Result<> write(const std::string& project, const ComponentOptions& options, ArchiveSink& to) = 0;
  // What went wrong, for people; empty: all is there.
  virtual std::vector<std::string> read(const auth::Identity& who, const std::string& project,
                                        const ComponentFiles& files, const ComponentOptions& options) = 0;
};

using ArchiveComponents = std::vector<std::unique_ptr<ArchiveComponent>>;

}  // namespace qd::service
