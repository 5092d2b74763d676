#include "events.h"

#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>

#include "control.h"
#include "relay-listeners.h"
#include "relays.h"
#include "shimd.h"
#include "signals.h"
#include "spawn.h"

enum { BATCH = 16 };

static int epoll_fd = -1;

int events_init(void) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  return epoll_fd < 0 ? -1 : 0;
}

static int change(int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events};
  event.data.u64 = data;
  return epoll_ctl(epoll_fd, operation, fd, &event);
}

int events_add(int fd, uint32_t events, enum event_kind kind, uint32_t key) {
  return change(EPOLL_CTL_ADD, fd, events, (uint64_t)kind << 32 | key);
}

int events_change(int fd, uint32_t events, enum event_kind kind, uint32_t key) {
  return change(EPOLL_CTL_MOD, fd, events, (uint64_t)kind << 32 | key);
}

void events_remove(int fd) {
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void dispatch(const struct epoll_event *event) {
  uint32_t key = (uint32_t)event->data.u64;
  switch ((enum event_kind)(event->data.u64 >> 32)) {
    case EVENT_SIGNAL: signals_read(); break;
    case EVENT_CONTROL: control_ready(key, event->events); break;
    case EVENT_EXEC: spawn_settle((int)key); break;
    case EVENT_CALLER: shimd_wanted(); break;
    case EVENT_RELAY_LISTENER: listener_ready(key); break;
    case EVENT_RELAY_CLIENT: relays_client_ready(key, event->events); break;
    case EVENT_RELAY_PAIR: relays_pair_ready(key); break;
  }
}

void events_run(int timeout) {
  struct epoll_event batch[BATCH];
  int count = epoll_wait(epoll_fd, batch, BATCH, timeout);
  for (int i = 0; i < count; i++) dispatch(&batch[i]);
}

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
