/* The one epoll instance. */
#ifndef HOLDFAST_EVENTS_H
#define HOLDFAST_EVENTS_H

#include <stdint.h>

enum event_kind {
  EVENT_SIGNAL,
  EVENT_CONTROL,
  EVENT_EXEC,
  EVENT_CALLER, /* of shimd */
  EVENT_RELAY_LISTENER,
  EVENT_RELAY_CLIENT,
  EVENT_RELAY_PAIR
};

/* `key` comes back with the event: a pid, or a generation, so that a stale event is known. Returns -1 with errno. */
int events_init(void);
int events_add(int fd, uint32_t events, enum event_kind kind, uint32_t key);
int events_change(int fd, uint32_t events, enum event_kind kind, uint32_t key);
/* Before close(): a child that has not reached exec holds a copy, which would keep the watch alive. */
void events_remove(int fd);
/* Waits at most `timeout` ms (-1: for ever) and dispatches. */
void events_run(int timeout);
int64_t now_ms(void);

#endif
