/* The least that any job server must do for a shell job, and nothing else: the roof over its rate on this machine.
 *
 *   one row inserted (committed), `sh -c COMMAND` spawned, its output copied to a log file, the row updated (committed)
 *
 *   ideal JOBS THREADS LOGDIR sqlite:FILE|pg:CONNINFO COMMAND        prints jobs per second
 *
 * Every thread has a connection of its own to PostgreSQL. SQLite has one, behind a lock, in WAL mode with synchronous=NORMAL. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long jobs;
static const char *log_folder, *store, *command;
static atomic_long taken;
static sqlite3 *lite;
static sqlite3_stmt *lite_insert, *lite_update;
static pthread_mutex_t lite_lock = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *what, const char *why) {
  fprintf(stderr, "ideal: %s: %s\n", what, why);
  exit(1);
}

static void pg_check(PGconn *pg, PGresult *result) {
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up("PostgreSQL", PQerrorMessage(pg));
}

static PGconn *pg_open(void) {
  PGconn *pg = PQconnectdb(store + 3);
  if (PQstatus(pg) != CONNECTION_OK) give_up("PostgreSQL", PQerrorMessage(pg));
  return pg;
}

static void pg_run(PGconn *pg, const char *sql) {
  PGresult *result = PQexec(pg, sql);
  pg_check(pg, result);
  PQclear(result);
}

static void pg_prepare(PGconn *pg) {
  PQclear(PQprepare(pg, "begin", "INSERT INTO ideal_run (job, status) VALUES ($1, 'running') RETURNING id", 1, NULL));
  PQclear(PQprepare(pg, "end", "UPDATE ideal_run SET status = $2, ended = now() WHERE id = $1::bigint", 2, NULL));
}

static long pg_begin(PGconn *pg) {
  const char *values[] = {"group/name"};
  PGresult *result = PQexecPrepared(pg, "begin", 1, values, NULL, NULL, 0);
  pg_check(pg, result);
  long id = atol(PQgetvalue(result, 0, 0));
  PQclear(result);
  return id;
}

static void pg_end(PGconn *pg, long id, const char *status) {
  char text[32];
  snprintf(text, sizeof text, "%ld", id);
  const char *values[] = {text, status};
  PGresult *result = PQexecPrepared(pg, "end", 2, values, NULL, NULL, 0);
  pg_check(pg, result);
  PQclear(result);
}

static void lite_open(void) {
  if (sqlite3_open(store + 7, &lite) != SQLITE_OK) give_up("SQLite", sqlite3_errmsg(lite));
  const char *setup =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE IF NOT EXISTS ideal_run (id INTEGER PRIMARY KEY, job TEXT, status TEXT, ended TEXT)";
  if (sqlite3_exec(lite, setup, NULL, NULL, NULL) != SQLITE_OK) give_up("SQLite", sqlite3_errmsg(lite));
  sqlite3_prepare_v2(lite, "INSERT INTO ideal_run (job, status) VALUES ('group/name', 'running')", -1, &lite_insert, NULL);
  sqlite3_prepare_v2(lite, "UPDATE ideal_run SET status = ?2, ended = current_timestamp WHERE id = ?1", -1, &lite_update, NULL);
}

static long lite_begin(void) {
  pthread_mutex_lock(&lite_lock);
  if (sqlite3_step(lite_insert) != SQLITE_DONE) give_up("SQLite", sqlite3_errmsg(lite));
  long id = (long)sqlite3_last_insert_rowid(lite);
  sqlite3_reset(lite_insert);
  pthread_mutex_unlock(&lite_lock);
  return id;
}

static void lite_end(long id, const char *status) {
  pthread_mutex_lock(&lite_lock);
  sqlite3_bind_int64(lite_update, 1, id);
  sqlite3_bind_text(lite_update, 2, status, -1, SQLITE_STATIC);
  if (sqlite3_step(lite_update) != SQLITE_DONE) give_up("SQLite", sqlite3_errmsg(lite));
  sqlite3_reset(lite_update);
  pthread_mutex_unlock(&lite_lock);
}

/* Runs the command, its output to the log file of `id`; returns whether it succeeded. */
static int run_command(long id) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) give_up("pipe", "no descriptor left");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  char *arguments[] = {"sh", "-c", (char *)command, NULL};
  pid_t child;
  if (posix_spawn(&child, "/bin/sh", &actions, NULL, arguments, environ)) give_up("spawn", "sh does not start");
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);

  char path[4096], buffer[16384];
  snprintf(path, sizeof path, "%s/%ld.log", log_folder, id);
  int log = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (log < 0) give_up("log file", path);
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    if (write(log, buffer, (size_t)count) != count) give_up("log file", "disk full");
  }
  close(log);
  close(ends[0]);
  int status;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void *worker(void *unused) {
  (void)unused;
  PGconn *pg = lite ? NULL : pg_open();
  if (pg) pg_prepare(pg);
  while (atomic_fetch_add(&taken, 1) < jobs) {
    long id = pg ? pg_begin(pg) : lite_begin();
    const char *status = run_command(id) ? "succeeded" : "failed";
    if (pg) pg_end(pg, id, status);
    else lite_end(id, status);
  }
  if (pg) PQfinish(pg);
  return NULL;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count != 6) give_up("usage", "ideal JOBS THREADS LOGDIR sqlite:FILE|pg:CONNINFO COMMAND");
  jobs = atol(arguments[1]);
  int threads = atoi(arguments[2]);
  log_folder = arguments[3];
  store = arguments[4];
  command = arguments[5];
  if (jobs < 1 || threads < 1 || threads > 64) give_up("usage", "JOBS from 1, THREADS from 1 to 64");
  if (!strncmp(store, "sqlite:", 7)) {
    lite_open();
  } else {
    PGconn *pg = pg_open();
    pg_run(pg, "SET client_min_messages = warning");
    pg_run(pg, "CREATE TABLE IF NOT EXISTS ideal_run (id bigserial PRIMARY KEY, job text, status text, ended timestamptz)");
    PQfinish(pg);
  }
  pthread_t list[64];
  double start = now();
  for (int i = 0; i < threads; i++) pthread_create(&list[i], NULL, worker, NULL);
  for (int i = 0; i < threads; i++) pthread_join(list[i], NULL);
  printf("%.2f\n", (double)jobs / (now() - start));
  return 0;
}
