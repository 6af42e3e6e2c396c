/* Asks for pages at a fixed pace, whatever the answers take, and says how long they took.
 *
 *   paced PORT RATE SECONDS CONNECTIONS HEADERS PATH…      prints answers per second, how many were no 200 or broken, the
 *                                                          50th, 90th, 99th, 99.9th percentile and the maximum in ms, CPU s
 *
 * HEADERS is sent with every request, its lines end with \r\n. The n-th request is due at n / RATE, its time counts from
 * then: a server that stalls is not asked less, and its stall is seen by all that were due meanwhile. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 16 << 10, MOST = 1024 };

/* An answer is followed by its head; of the body only the length counts, or the last chunk. */
struct connection {
  int socket_;
  int busy;
  double due;
  char head[ROOM];
  size_t got;       /* of the head, or all of it when the body has begun */
  size_t body_left; /* SIZE_MAX while the head is not complete */
  int chunked, status;
  char tail[5];
};

static int port, poll_;
static char **requests;
static struct connection *list;
static double *times;
static long taken, failed, asked_first;

static void give_up(const char *what) {
  fprintf(stderr, "paced: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void open_connection(struct connection *one) {
  one->socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(one->socket_, (struct sockaddr *)&address, sizeof address)) give_up("nobody answers");
  int yes = 1;
  setsockopt(one->socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(one->socket_, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
  if (epoll_ctl(poll_, EPOLL_CTL_ADD, one->socket_, &event)) give_up("epoll");
  one->busy = 0;
}

static void end_request(struct connection *one, int good) {
  times[taken++] = now() - one->due;
  if (!good) failed++;
  one->busy = 0;
}

static void broken(struct connection *one) {
  if (one->busy) end_request(one, 0);
  close(one->socket_);
  open_connection(one);
}

static void send_request(struct connection *one, double due) {
  const char *text = requests[asked_first++];
  size_t length = strlen(text);
  one->due = due;
  one->busy = 1;
  one->got = 0;
  one->body_left = (size_t)-1;
  one->chunked = 0;
  memset(one->tail, 0, sizeof one->tail);
  if (write(one->socket_, text, length) != (ssize_t)length) broken(one);
}

/* Reads the head that is complete now; returns where the body begins. */
static char *read_head(struct connection *one) {
  one->head[one->got] = 0;
  char *body = strstr(one->head, "\r\n\r\n");
  if (!body) return NULL;
  one->status = atoi(one->head + 9);
  char *length = strcasestr(one->head, "\r\ncontent-length:");
  char *chunks = strcasestr(one->head, "\r\ntransfer-encoding: chunked");
  one->chunked = chunks && chunks < body;
  one->body_left = length && length < body ? (size_t)atol(length + 17) : 0;
  return body + 4;
}

/* Returns 1 when the answer is complete. */
static int take(struct connection *one, const char *data, size_t size) {
  if (!one->chunked) {
    one->body_left -= size < one->body_left ? size : one->body_left;
    return one->body_left == 0;
  }
  for (size_t i = size > 5 ? size - 5 : 0; i < size; i++) {
    memmove(one->tail, one->tail + 1, 4);
    one->tail[4] = data[i];
  }
  return memcmp(one->tail, "0\r\n\r\n", 5) == 0;
}

static void readable(struct connection *one) {
  static char data[256 << 10];
  for (;;) {
    int in_head = one->busy && one->body_left == (size_t)-1;
    char *to = in_head ? one->head + one->got : data;
    size_t room = in_head ? ROOM - 1 - one->got : sizeof data;
    if (room == 0) return broken(one);
    ssize_t size = read(one->socket_, to, room);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0 || !one->busy) return broken(one);
    int complete;
    if (in_head) {
      one->got += (size_t)size;
      char *body = read_head(one);
      if (!body) continue;
      complete = take(one, body, (size_t)(one->head + one->got - body));
    } else {
      complete = take(one, data, (size_t)size);
    }
    if (complete) return end_request(one, one->status == 200);
  }
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

int main(int count, char **arguments) {
  if (count < 7) give_up("usage: paced PORT RATE SECONDS CONNECTIONS HEADERS PATH…");
  port = atoi(arguments[1]);
  double rate = atof(arguments[2]), seconds = atof(arguments[3]);
  int connections = atoi(arguments[4]), paths = count - 6;
  if (connections < 1 || connections > MOST || !(rate > 0)) give_up("RATE above 0, CONNECTIONS from 1 to 1024");
  long whole = (long)(rate * seconds);
  times = calloc((size_t)whole, sizeof *times);
  list = calloc((size_t)connections, sizeof *list);
  requests = calloc((size_t)whole, sizeof *requests);
  char **texts = calloc((size_t)paths, sizeof *texts);
  for (int i = 0; i < paths; i++) {
    if (asprintf(&texts[i], "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", arguments[6 + i], arguments[5]) < 0) give_up("memory");
  }
  for (long i = 0; i < whole; i++) requests[i] = texts[i % paths];
  poll_ = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < connections; i++) open_connection(&list[i]);

  double start = now();
  long next = 0;
  int from = 0;
  while (taken < whole) {
    double time = now();
    if (time > start + seconds + 30) give_up("the last answers do not come");
    while (next < whole && start + (double)next / rate <= time) {
      int tried = 0;
      while (tried < connections && list[from].busy) from = (from + 1) % connections, tried++;
      if (tried == connections) break; /* it waits for a connection, and its time runs */
      send_request(&list[from], start + (double)next++ / rate);
    }
    double until = next < whole ? start + (double)next / rate - now() : 0.1;
    struct timespec pause = {.tv_nsec = until < 2e-5 ? 20000 : until > 0.1 ? 100000000 : (long)(until * 1e9)};
    struct epoll_event events[256];
    int ready = epoll_pwait2(poll_, events, 256, &pause, NULL);
    for (int i = 0; i < ready; i++) readable(events[i].data.ptr);
  }
  double took = now() - start;
  qsort(times, (size_t)whole, sizeof *times, compare);
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  printf("%.1f %ld", (double)whole / took, failed);
  const double parts[] = {0.5, 0.9, 0.99, 0.999, 1};
  for (int i = 0; i < 5; i++) printf(" %.3f", times[(long)((double)(whole - 1) * parts[i])] * 1000);
  printf(" %.2f\n", (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
  return 0;
}
