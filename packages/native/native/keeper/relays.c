#include "relays.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "events.h"
#include "log.h"
#include "relay-connection.h"
#include "relay-listeners.h"

enum { SLOTS = 1024, DESCRIPTORS_EACH = 4, RETRY_EVERY = 100 };

static struct connection *slots[SLOTS];
static uint32_t count, generation;
static uint64_t last_id;
static int64_t refusal_logged;
static int64_t retry_at; /* 0: not */

/* NULL if the event is an old one. */
static struct connection *find(uint32_t key) {
  struct connection *connection = slots[key % SLOTS];
  return connection != NULL && connection->key == key ? connection : NULL;
}

static void end(struct connection *connection) {
  slots[connection->key % SLOTS] = NULL;
  count--;
  connection_free(connection);
}

static void run(struct connection *connection) {
  switch (connection_pump(connection)) {
    case RELAY_IDLE: break;
    case RELAY_STARVED: relays_retry_later(); break;
    case RELAY_OVER: end(connection); break;
  }
}

/* Commands that are spawned need descriptors too. */
static uint32_t most(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur / DESCRIPTORS_EACH > SLOTS) return SLOTS;
  return (uint32_t)(limit.rlim_cur / DESCRIPTORS_EACH);
}

static struct connection *keep(int fd, const char *listener) {
  uint32_t slot = 0;
  if (count >= most()) return NULL;
  while (slots[slot] != NULL) slot++;
  struct connection *connection = connection_new(fd, listener, last_id + 1, ++generation * SLOTS + slot);
  if (connection == NULL) return NULL;
  last_id++;
  count++;
  slots[slot] = connection;
  return connection;
}

void relays_add(int fd, const char *listener) {
  struct connection *connection = keep(fd, listener);
  if (connection != NULL) {
    run(connection);
    return;
  }
  close(fd);
  if (log_due(&refusal_logged)) log_line("relay %s: one more than %u connections is refused", listener, count);
}

void relays_client_ready(uint32_t key, uint32_t events) {
  struct connection *connection = find(key);
  if (connection == NULL) return;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) connection->client_ended = true;
  run(connection);
}

void relays_pair_ready(uint32_t key) {
  struct connection *connection = find(key);
  if (connection != NULL) run(connection);
}

void relays_new_session(void) {
  for (uint32_t slot = 0; slot < SLOTS; slot++) {
    if (slots[slot] == NULL) continue;
    connection_cut_pair(slots[slot]);
    run(slots[slot]);
  }
}

int relays_end(uint64_t id) {
  for (uint32_t slot = 0; slot < SLOTS; slot++) {
    if (slots[slot] == NULL || slots[slot]->id != id) continue;
    connection_flush(slots[slot]);
    end(slots[slot]);
    return 0;
  }
  return ENOENT;
}

void relays_retry_later(void) {
  if (retry_at == 0) retry_at = now_ms() + RETRY_EVERY;
}

bool relays_retry(void) {
  if (retry_at == 0 || now_ms() < retry_at) return retry_at != 0;
  retry_at = 0;
  listeners_resume();
  for (uint32_t slot = 0; slot < SLOTS; slot++)
    if (slots[slot] != NULL) run(slots[slot]);
  return retry_at != 0;
}

void relays_leave(void) {
  for (uint32_t slot = 0; slot < SLOTS; slot++) {
    if (slots[slot] == NULL) continue;
    connection_flush(slots[slot]);
    end(slots[slot]);
  }
}
