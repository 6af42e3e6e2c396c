#include "store/migrations.hpp"

namespace qd::store {
namespace {

// `sort_ms` is what lists are sorted by: started, else scheduled_for. `active` is 1 for what is queued, scheduled or
// running, else NULL. `slot` numbers the running executions of a job with a limit, so that the unique key holds it.
constexpr const char* create_execution = R"(CREATE TABLE execution (
  id {id},
  project {key} NOT NULL,
  job_uuid {key} NOT NULL,
  status {key} NOT NULL,
  active {flag},
  slot {int},
  sort_ms {int} NOT NULL,
  scheduled_for_ms {int},
  started_ms {int},
  ended_ms {int},
  server_uuid {key} NOT NULL,
  incarnation {int} NOT NULL,
  uuid {key} NOT NULL,
  job_revision {int} NOT NULL,
  kind {key} NOT NULL,
  user_name {key} NOT NULL,
  log_level {key} NOT NULL,
  retry_attempt {int} NOT NULL,
  retry_of {int},
  retried_as {int},
  original_id {int},
  log_size {int} NOT NULL,
  aborted_by {key} NOT NULL,
  job_name {name} NOT NULL,
  job_group {path} NOT NULL,
  roles {text} NOT NULL,
  description {text} NOT NULL,
  arg_string {text} NOT NULL,
  options {text} NOT NULL,
  node_filter {text} NOT NULL,
  succeeded_nodes {text} NOT NULL,
  failed_nodes {text} NOT NULL,
  abort_reason {text} NOT NULL,
  log_path {text} NOT NULL,
  extra {text} NOT NULL,
  ad_hoc {text},
  state {text} NOT NULL){table})";

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<std::string> projects_and_jobs() {
  return {
      R"(CREATE TABLE project (
  name {key} PRIMARY KEY,
  config {text} NOT NULL,
  created_ms {int} NOT NULL,
  version {int} NOT NULL){table})",
      R"(CREATE TABLE project_file (
  project {key} NOT NULL,
  path {key} NOT NULL,
  content {text} NOT NULL,
  PRIMARY KEY (project, path)){table})",
      R"(CREATE TABLE job (
  id {id},
  uuid {key} NOT NULL,
  project {key} NOT NULL,
  group_path {path} NOT NULL,
  name {name} NOT NULL,
  scheduled {flag} NOT NULL,
  schedule_enabled {flag} NOT NULL,
  execution_enabled {flag} NOT NULL,
  server_uuid {key} NOT NULL,
  revision {int} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL,
  updated_by {key} NOT NULL,
  tags {text} NOT NULL,
  description {text} NOT NULL,
  definition {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX job_by_uuid ON job (uuid)",
      "CREATE INDEX job_by_name ON job (project, group_path{cut:120}, name{cut:120}, uuid)",
      R"(CREATE TABLE job_revision (
  job_uuid {key} NOT NULL,
  revision {int} NOT NULL,
  saved_ms {int} NOT NULL,
  saved_by {key} NOT NULL,
  definition {text} NOT NULL,
  PRIMARY KEY (job_uuid, revision)){table})",
  };
}

// Each index costs a page at every start and end of an execution: those on finished ones are left alone at the start.
// SQLite counts in a partial index alone only when the column of its condition is in it.
std::vector<std::string> executions() {
  return {
      create_execution,
      "CREATE INDEX execution_by_project ON execution (project, sort_ms{key_tail})",
      "CREATE INDEX execution_by_status ON execution (project, status, {sqlite:active, }sort_ms{key_tail}){partial: "
      "WHERE active IS "
      "NULL}",
      "CREATE INDEX execution_by_end ON execution (project, ended_ms){partial: WHERE ended_ms IS NOT NULL}",
      "CREATE INDEX execution_by_job ON execution (job_uuid, sort_ms{key_tail})",
      "CREATE INDEX execution_active ON execution (active, job_uuid, status){partial: WHERE active = 1}",
      "CREATE UNIQUE INDEX execution_slot ON execution (job_uuid, slot){partial: WHERE slot IS NOT NULL}",
  };
}

std::vector<std::string> people_and_files() {
  return {
      R"(CREATE TABLE api_token (
  id {key} PRIMARY KEY,
  hash {key} NOT NULL,
  name {text} NOT NULL,
  user_name {key} NOT NULL,
  creator {key} NOT NULL,
  roles {text} NOT NULL,
  created_ms {int} NOT NULL,
  expires_ms {int}){table})",
      "CREATE UNIQUE INDEX api_token_by_hash ON api_token (hash)",
      "CREATE INDEX api_token_by_user ON api_token (user_name, created_ms)",
      R"(CREATE TABLE login_session (
  id_hash {key} PRIMARY KEY,
  user_name {key} NOT NULL,
  roles {text} NOT NULL,
  created_ms {int} NOT NULL,
  last_used_ms {int} NOT NULL){table})",
      "CREATE INDEX login_session_by_use ON login_session (last_used_ms)",
      R"(CREATE TABLE upload (
  id {key} PRIMARY KEY,
  project {key} NOT NULL,
  job_uuid {key} NOT NULL,
  option_name {key} NOT NULL,
  file_name {text} NOT NULL,
  user_name {key} NOT NULL,
  sha256 {key} NOT NULL,
  size {int} NOT NULL,
  created_ms {int} NOT NULL,
  expires_ms {int},
  state {key} NOT NULL,
  execution_id {int}){table})",
      "CREATE INDEX upload_by_job ON upload (job_uuid, created_ms)",
      "CREATE INDEX upload_by_execution ON upload (execution_id)",
      "CREATE INDEX upload_by_expiry ON upload (state, expires_ms)",
      "CREATE INDEX upload_by_project ON upload (project)",
      R"(CREATE TABLE upload_content (
  upload_id {key} NOT NULL,
  part {int} NOT NULL,
  content {blob} NOT NULL,
  PRIMARY KEY (upload_id, part)){table})",
      R"(CREATE TABLE user_profile (
  login {key} PRIMARY KEY,
  first_name {key} NOT NULL,
  last_name {key} NOT NULL,
  email {key} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL,
  last_login_ms {int}){table})",
      R"(CREATE TABLE setting (
  name {key} PRIMARY KEY,
  value {text} NOT NULL){table})",
  };
}

// `source` is 0 for a job's own schedule, else the id of the project schedule that is assigned to it. `next_ms` is NULL
// when nothing is to come: the schedule or its job is disabled, or its years have passed.
std::vector<std::string> schedules() {
  return {
      R"(CREATE TABLE schedule (
  id {id},
  job_uuid {key} NOT NULL,
  source {int} NOT NULL,
  project {key} NOT NULL,
  name {key} NOT NULL,
  expression {name} NOT NULL,
  zone {key} NOT NULL,
  arg_string {text} NOT NULL,
  missed_policy {key} NOT NULL,
  server_uuid {key} NOT NULL,
  next_ms {int},
  last_ms {int}){table})",
      "CREATE UNIQUE INDEX schedule_by_job ON schedule (job_uuid, source)",
      "CREATE INDEX schedule_due ON schedule (server_uuid, next_ms){partial: WHERE next_ms IS NOT NULL}",
      "CREATE INDEX schedule_by_source ON schedule (source){partial: WHERE source <> 0}",
      // The claim of a fire is its row here: whoever inserts it runs it.
      R"(CREATE TABLE fire (
  job_uuid {key} NOT NULL,
  due_ms {int} NOT NULL,
  project {key} NOT NULL,
  source {int} NOT NULL,
  state {key} NOT NULL,
  reason {text} NOT NULL,
  fires {int} NOT NULL,
  claimed_ms {int} NOT NULL,
  server_uuid {key} NOT NULL,
  incarnation {int} NOT NULL,
  owner_uuid {key} NOT NULL,
  execution_id {int},
  PRIMARY KEY (job_uuid, due_ms)){table})",
      "CREATE INDEX fire_by_project ON fire (project, due_ms)",
      "CREATE INDEX fire_by_due ON fire (due_ms)",
      R"(CREATE TABLE project_schedule (
  id {id},
  project {key} NOT NULL,
  name {key} NOT NULL,
  definition {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX project_schedule_by_name ON project_schedule (project, name)",
      R"(CREATE TABLE calendar (
  id {id},
  project {key} NOT NULL,
  name {key} NOT NULL,
  definition {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX calendar_by_name ON calendar (project, name)",
      // What waits for a member, or for any ("" in server_uuid), and what runs on one.
      "CREATE INDEX execution_waiting ON execution (status, server_uuid, sort_ms){partial: WHERE active = 1}",
  };
}

// `state` is live, leaving (it hands over and claims nothing more), stopped (cleanly) or dead (fenced: what that
// incarnation writes must hit no row). `lock_boot` names the start of the database server in which the member's session
// lock was taken; "" without such a lock.
std::vector<std::string> members() {
  return {
      R"(CREATE TABLE member (
  uuid {key} PRIMARY KEY,
  incarnation {int} NOT NULL,
  state {key} NOT NULL,
  name {key} NOT NULL,
  host {key} NOT NULL,
  url {text} NOT NULL,
  tags {text} NOT NULL,
  version {key} NOT NULL,
  started_ms {int} NOT NULL,
  beat_ms {int} NOT NULL,
  mode {key} NOT NULL,
  requested_mode {key} NOT NULL,
  requested_by {key} NOT NULL,
  lock_boot {key} NOT NULL,
  certificate {text} NOT NULL,
  vitals {text} NOT NULL){table})",
      R"(CREATE TABLE proposal (
  id {id},
  kind {key} NOT NULL,
  target_uuid {key} NOT NULL,
  target_incarnation {int} NOT NULL,
  proposer_uuid {key} NOT NULL,
  proposer_incarnation {int} NOT NULL,
  state {key} NOT NULL,
  created_ms {int} NOT NULL,
  due_ms {int} NOT NULL,
  ended_ms {int},
  outcome {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX proposal_by_target ON proposal (kind{cut:20}, target_uuid, target_incarnation)",
      R"(CREATE TABLE cluster_event (
  id {id},
  at_ms {int} NOT NULL,
  kind {key} NOT NULL,
  member_uuid {key} NOT NULL,
  target_uuid {key} NOT NULL,
  message {text} NOT NULL,
  detail {text} NOT NULL){table})",
      "CREATE INDEX cluster_event_by_time ON cluster_event (at_ms)",
      R"(CREATE TABLE message (
  id {id},
  nonce {key} NOT NULL,
  to_uuid {key} NOT NULL,
  from_uuid {key} NOT NULL,
  kind {key} NOT NULL,
  execution_id {int},
  body {text} NOT NULL,
  state {key} NOT NULL,
  created_ms {int} NOT NULL,
  handled_ms {int},
  answer {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX message_by_nonce ON message (nonce)",
      "CREATE INDEX message_inbox ON message (to_uuid, state{cut:20}, id)",
      "CREATE INDEX message_by_time ON message (created_ms)",
  };
}

// `project` is "" for policies of the system.
std::vector<std::string> access_policies() {
  return {R"(CREATE TABLE acl_policy (
  project {key} NOT NULL,
  name {key} NOT NULL,
  content {text} NOT NULL,
  updated_ms {int} NOT NULL,
  updated_by {key} NOT NULL,
  PRIMARY KEY (project, name)){table})"};
}

std::vector<std::string> audit_trail_and_users() {
  return {
      R"(CREATE TABLE audit_event (
  id {id},
  at_ms {int} NOT NULL,
  action {key} NOT NULL,
  user_name {text} NOT NULL,
  roles {text} NOT NULL,
  address {key} NOT NULL,
  agent {text} NOT NULL,
  token_id {key} NOT NULL,
  resource {key} NOT NULL,
  resource_name {text} NOT NULL,
  project {text} NOT NULL,
  detail {text} NOT NULL,
  server_uuid {key} NOT NULL,
  server_host {text} NOT NULL){table})",
      "CREATE INDEX audit_event_by_time ON audit_event (at_ms)",
      R"(CREATE TABLE local_user (
  login {key} PRIMARY KEY,
  password {text} NOT NULL,
  roles {text} NOT NULL,
  enabled {flag} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL){table})",
      "CREATE INDEX login_session_by_user ON login_session (user_name, created_ms)",
  };
}

// `path_key` is the hash of container and path, which are too long to be indexed whole. `saved_by_roles` are those of
// whoever saved a job last: in his name its schedule reads secrets.
std::vector<std::string> storage() {
  return {
      R"(CREATE TABLE storage_item (
  path_key {key} PRIMARY KEY,
  container {key} NOT NULL,
  folder {path} NOT NULL,
  path {path} NOT NULL,
  meta {text} NOT NULL,
  content {blob} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL,
  version {int} NOT NULL){table})",
      "CREATE INDEX storage_item_by_folder ON storage_item (container{cut:20}, folder{cut:250})",
      "CREATE INDEX storage_item_by_path ON storage_item (container{cut:20}, path{cut:250})",
      R"(CREATE TABLE seal_key (
  id {key} PRIMARY KEY,
  place {key} NOT NULL,
  source {key} NOT NULL,
  salt {text} NOT NULL,
  created_ms {int} NOT NULL){table})",
      "CREATE UNIQUE INDEX seal_key_by_place ON seal_key (place)",
      "ALTER TABLE job ADD COLUMN saved_by_roles {text}",
  };
}

// What is to be stored of an execution's files, and what is. `state`: running (checkpoints only), queued, stored,
// removing (its execution was deleted). `types` are still to be stored; `part_list` are the pieces of the checkpoint.
std::vector<std::string> log_storage() {
  return {
      R"(CREATE TABLE log_storage (
  execution_id {int} PRIMARY KEY,
  project {key} NOT NULL,
  server_uuid {key} NOT NULL,
  provider {key} NOT NULL,
  store_key {path} NOT NULL,
  state {key} NOT NULL,
  types {key} NOT NULL,
  stored_bytes {int} NOT NULL,
  part_list {text} NOT NULL,
  part_bytes {int} NOT NULL,
  part_ms {int} NOT NULL,
  attempts {int} NOT NULL,
  due_ms {int} NOT NULL,
  claimed_ms {int} NOT NULL,
  claimed_by {key} NOT NULL,
  created_ms {int} NOT NULL,
  stored_ms {int},
  problem {text} NOT NULL){table})",
      "CREATE INDEX log_storage_due ON log_storage (state{cut:20}, server_uuid, due_ms)",
  };
}

// Messages that tell of executions. Whose `state` is waiting is held until lease_ms by the member that tries to deliver
// it, while that member lives.
std::vector<std::string> deliveries() {
  return {
      R"(CREATE TABLE delivery (
  id {id},
  execution_id {int} NOT NULL,
  project {key} NOT NULL,
  event {key} NOT NULL,
  kind {key} NOT NULL,
  provider {key} NOT NULL,
  target {text} NOT NULL,
  content {text} NOT NULL,
  member_uuid {key} NOT NULL,
  state {key} NOT NULL,
  attempts {int} NOT NULL,
  created_ms {int} NOT NULL,
  due_ms {int} NOT NULL,
  ended_ms {int},
  outcome {text} NOT NULL,
  lease_uuid {key} NOT NULL,
  lease_life {int} NOT NULL,
  lease_ms {int} NOT NULL){table})",
      "CREATE INDEX delivery_due ON delivery (state{cut:20}, due_ms)",
      "CREATE INDEX delivery_by_execution ON delivery (execution_id)",
      "CREATE INDEX delivery_ended ON delivery (ended_ms)",
  };
}

// Logs of deleted executions that lie on other members.
std::vector<std::string> removed_logs() {
  return {R"(CREATE TABLE removed_log (
  execution_id {int} PRIMARY KEY,
  server_uuid {key} NOT NULL,
  log_path {text} NOT NULL){table})",
          "CREATE INDEX removed_log_by_member ON removed_log (server_uuid)"};
}

// Exports and imports of project archives that go on by themselves: see ArchiveTask.
std::vector<std::string> archive_tasks() {
  return {R"(CREATE TABLE archive_task (
  token {key} PRIMARY KEY,
  kind {key} NOT NULL,
  project {key} NOT NULL,
  user_name {key} NOT NULL,
  member_uuid {key} NOT NULL,
  incarnation {int} NOT NULL,
  state {key} NOT NULL,
  percent {int} NOT NULL,
  message {text} NOT NULL,
  errors {text} NOT NULL,
  bytes {int} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL){table})",
          "CREATE INDEX archive_task_by_project ON archive_task (project, created_ms)"};
}

// `token_hash` finds a webhook by the secret of its URL; `token` is the secret itself, sealed.
std::vector<std::string> webhooks() {
  return {
      R"(CREATE TABLE webhook (
  id {id},
  uuid {key} NOT NULL,
  name {key} NOT NULL,
  project {key} NOT NULL,
  enabled {flag} NOT NULL,
  plugin {key} NOT NULL,
  config {text} NOT NULL,
  token_hash {key} NOT NULL,
  token {text} NOT NULL,
  secret_digest {key} NOT NULL,
  user_name {key} NOT NULL,
  creator {key} NOT NULL,
  roles {text} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL){table})",
      "CREATE UNIQUE INDEX webhook_by_uuid ON webhook (uuid)",
      "CREATE UNIQUE INDEX webhook_by_token ON webhook (token_hash)",
      "CREATE INDEX webhook_by_project ON webhook (project)",
      "CREATE INDEX webhook_by_user ON webhook (user_name)",
      R"(CREATE TABLE webhook_delivery (
  id {id},
  webhook_id {int} NOT NULL,
  event_id {key} NOT NULL,
  at_ms {int} NOT NULL,
  sender {key} NOT NULL,
  content_type {text} NOT NULL,
  server_uuid {key} NOT NULL,
  outcome {key} NOT NULL,
  message {text} NOT NULL,
  executions {text} NOT NULL,
  payload {text} NOT NULL,
  results {text} NOT NULL){table})",
      "CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook_id, id)",
  };
}

// What SCM integrations remember of jobs: see JobScm.
std::vector<std::string> job_scm() {
  return {R"(CREATE TABLE job_scm (
  project {key} NOT NULL,
  job_uuid {key} NOT NULL,
  integration {key} NOT NULL,
  path {text} NOT NULL,
  job_name {text} NOT NULL,
  job_group {text} NOT NULL,
  commit_id {key} NOT NULL,
  source_uuid {key} NOT NULL,
  url {text} NOT NULL,
  revision {int} NOT NULL,
  PRIMARY KEY (job_uuid, integration)){table})",
          "CREATE INDEX job_scm_by_project ON job_scm (project, integration)"};
}

}  // namespace

const std::vector<Migration>& known_migrations() {
  static const std::vector<Migration> all = {
      {1, "projects and jobs", projects_and_jobs()},
      {2, "executions", executions()},
      {3, "tokens, sessions, uploads, profiles and settings", people_and_files()},
      {4, "schedules and their ledger, members and their messages", joined(schedules(), members())},
      {5, "access policies", access_policies()},
      {6, "audit trail and local users", audit_trail_and_users()},
      {7, "storage facility", storage()},
      {8, "log storage", log_storage()},
      {9, "deliveries of notifications", deliveries()},
      {10, "logs of deleted executions", removed_logs()},
      {11, "archives under way", archive_tasks()},
      {12, "incoming webhooks", webhooks()},
      {13, "jobs in repositories", job_scm()},
  };
  return all;
}

}  // namespace qd::store
