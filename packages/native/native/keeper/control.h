/* The connection to shimd. */
#ifndef HOLDFAST_CONTROL_H
#define HOLDFAST_CONTROL_H

#include <stdint.h>

#include "packet.h"

enum { MAX_FDS = 16 };

/* A request whose header has been read. Who wants to keep a descriptor sets it to -1; the rest is closed. */
struct request {
  enum request_type type;
  uint32_t id;
  struct reader body;
  int fds[MAX_FDS];
  uint32_t fd_count;
};

/* Serves `fd` in place of any connection before. Returns -1 with errno. */
int control_open(int fd);
void control_close(void);
/* Carries out what shimd asked for before it died, without replies, and closes. */
void control_drain(void);
/* Ends a connection that broke. To be called between events. */
void control_check(void);
/* An event of the connection numbered `key`. */
void control_ready(uint32_t key, uint32_t events);

/* Not 0 from HELLO to the end of the connection, and different after every HELLO. */
uint32_t control_session(void);
void control_new_session(uint32_t version);
/* What the session speaks; 0 without one. */
uint32_t control_version(void);

/* Takes `packet`. Never blocks. Without a packet (no memory) the connection is given up: the next one starts over. */
void control_send(struct packet *packet);
void control_reply(enum reply_type type, uint32_t id);
void control_error(uint32_t id, int error, const char *where);

#endif
