/* Runs a job many times through the API, with little work of its own: it shares the machine with what it measures.
 *
 *   load PORT TOKEN JOB-ID PROJECT RUNS CONNECTIONS WINDOW      prints executions per second, and its own CPU seconds
 *
 * Each connection is kept open. At most WINDOW executions are under way: one more connection asks how many are running.
 * The time ends when the last execution has ended. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port;
static const char *token, *job, *project;
static long runs, window;
static atomic_long taken, accepted, under_way, refused;
/* Whoever waits for room sleeps: sixteen threads that look twice a millisecond would take their share of the machine. */
static pthread_mutex_t room_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER;

static void give_up(const char *what) {
  fprintf(stderr, "load: %s\n", what);
  exit(1);
}

static int connect_to_server(void) {
  int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, (struct sockaddr *)&address, sizeof address)) give_up("the server does not answer");
  int one = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return socket_;
}

/* Sends a request and reads its answer, with its header, into `answer`; returns the status. */
static int ask(int socket_, const char *request, char *answer, size_t room) {
  size_t length = strlen(request), got = 0, whole = 0;
  if (write(socket_, request, length) != (ssize_t)length) give_up("the connection broke");
  while (whole == 0 || got < whole) {
    ssize_t count = read(socket_, answer + got, room - 1 - got);
    if (count <= 0) give_up("the connection broke within an answer");
    got += (size_t)count;
    answer[got] = 0;
    char *body = strstr(answer, "\r\n\r\n");
    if (body && whole == 0) {
      char *field = strcasestr(answer, "\r\ncontent-length:");
      if (!field || field > body) give_up("an answer without Content-Length");
      whole = (size_t)(body + 4 - answer) + (size_t)atol(field + 17);
      if (whole >= room) give_up("an answer that is too long");
    }
  }
  return atoi(answer + 9);
}

static void pause_us(long us) {
  struct timespec time = {.tv_sec = 0, .tv_nsec = us * 1000};
  nanosleep(&time, NULL);
}

static void *submitter(void *unused) {
  (void)unused;
  char request[2048], answer[65536];
  snprintf(request, sizeof request,
           "POST /api/59/job/%s/run HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Rundeck-Auth-Token: %s\r\n"
           "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
           job, token);
  int socket_ = connect_to_server();
  while (atomic_fetch_add(&taken, 1) < runs) {
    pthread_mutex_lock(&room_lock);
    while (atomic_load(&under_way) >= window) pthread_cond_wait(&room, &room_lock);
    atomic_fetch_add(&under_way, 1);
    pthread_mutex_unlock(&room_lock);
    if (ask(socket_, request, answer, sizeof answer) == 200) {
      atomic_fetch_add(&accepted, 1);
    } else {
      if (atomic_fetch_add(&refused, 1) == 0) fprintf(stderr, "load: refused: %.300s\n", answer);
    }
  }
  close(socket_);
  return NULL;
}

/* How many executions run now; `under_way` is set right with it, as seen before the question. */
static long count_running(int socket_, char *answer, size_t room) {
  char request[2048];
  snprintf(request, sizeof request,
           "GET /api/59/project/%s/executions/running?max=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Rundeck-Auth-Token: %s\r\n"
           "Accept: application/json\r\n\r\n",
           project, token);
  if (ask(socket_, request, answer, room) != 200) give_up("the list of running executions fails");
  char *total = strstr(answer, "\"total\":");
  if (!total) give_up("no total in the list of running executions");
  return atol(total + 8);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count != 8) give_up("usage: load PORT TOKEN JOB-ID PROJECT RUNS CONNECTIONS WINDOW");
  port = atoi(arguments[1]);
  token = arguments[2];
  job = arguments[3];
  project = arguments[4];
  runs = atol(arguments[5]);
  int connections = atoi(arguments[6]);
  window = atol(arguments[7]);
  if (connections < 1 || connections > 64) give_up("CONNECTIONS from 1 to 64");

  static char answer[1 << 20];
  int socket_ = connect_to_server();
  pthread_t list[64];
  double start = now();
  for (int i = 0; i < connections; i++) pthread_create(&list[i], NULL, submitter, NULL);
  long running;
  do {
    pause_us(10000);
    long before = atomic_load(&accepted) + atomic_load(&refused);
    running = count_running(socket_, answer, sizeof answer);
    long since = atomic_load(&taken) < runs ? atomic_load(&accepted) + atomic_load(&refused) - before : 0;
    pthread_mutex_lock(&room_lock);
    atomic_store(&under_way, running + since);
    pthread_cond_broadcast(&room);
    pthread_mutex_unlock(&room_lock);
  } while (running > 0 || atomic_load(&accepted) + atomic_load(&refused) < runs);
  double took = now() - start;
  for (int i = 0; i < connections; i++) pthread_join(list[i], NULL);
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  double cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
  printf("%.2f %.3f %ld\n", (double)atomic_load(&accepted) / took, cpu, atomic_load(&refused));
  return atomic_load(&refused) ? 1 : 0;
}
