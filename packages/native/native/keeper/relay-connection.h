/* One relayed connection: a client's socket, and a pair of sockets whose other end shimd has. Frames go on whole or not at all. */
#ifndef HOLDFAST_RELAY_CONNECTION_H
#define HOLDFAST_RELAY_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "unanswered.h"

/* No more is read from a client of whose frames this much is kept. */
enum { RELAY_KEPT_MAX = 8 * 1024 * 1024 };

struct connection {
  uint64_t id;
  uint32_t key; /* of its events */
  int client;   /* -1: it has gone, and shimd gets what it left */
  int pair;     /* the keeper's end; -1: none */
  bool client_ended, pair_broken;
  bool starved; /* of memory or descriptors */
  bool over;
  uint32_t session; /* that was given the pair */
  struct frame_reader from_client, from_shimd;
  struct unanswered unanswered;
  struct frame *answer; /* on its way to the client */
  size_t answer_sent;
  char listener[];
};

enum relay_state { RELAY_IDLE, RELAY_STARVED, RELAY_OVER };

/* Takes `client`, which does not block. NULL with errno: it is the caller's. */
struct connection *connection_new(int client, const char *listener, uint64_t id, uint32_t key);
/* Passes on what can be. RELAY_STARVED: to be called again in a while. RELAY_OVER: to be freed. */
enum relay_state connection_pump(struct connection *connection);
/* Another session: what was sent over the pair before is still passed on, and nothing after it. */
void connection_cut_pair(struct connection *connection);
/* Tries once to pass on what shimd has sent. */
void connection_flush(struct connection *connection);
/* Closes both ends. */
void connection_free(struct connection *connection);

#endif
