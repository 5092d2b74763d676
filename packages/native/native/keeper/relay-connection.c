#define _GNU_SOURCE
#include "relay-connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "events.h"
#include "log.h"

/* Edge-triggered: an end that is full, or whose peer has gone while nothing can be read, wakes nobody. */
static const uint32_t WATCHED = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
/* Steps in a row, before others get their turn. */
enum { STEPS = 32 };
enum { RELAY_VERSION = 4 };

struct connection *connection_new(int client, const char *listener, uint64_t id, uint32_t key) {
  size_t size = strlen(listener) + 1;
  struct connection *c = calloc(1, sizeof *c + size);
  if (c == NULL) return NULL;
  c->id = id;
  c->key = key;
  c->client = client;
  c->pair = -1;
  c->from_client.from_client = true;
  memcpy(c->listener, listener, size);
  if (events_add(client, WATCHED, EVENT_RELAY_CLIENT, key) == 0) return c;
  free(c);
  return NULL;
}

/* shutdown(): a child that has not reached exec may have a copy. */
static void close_end(int *fd) {
  if (*fd < 0) return;
  events_remove(*fd);
  shutdown(*fd, SHUT_RDWR);
  close(*fd);
  *fd = -1;
}

static void drop_pair(struct connection *c) {
  close_end(&c->pair);
  frame_reader_clear(&c->from_shimd);
  c->pair_broken = false;
  if (c->client < 0) c->over = true;
}

/* What it sent whole goes on to shimd, so that the last frame there is no torn one. */
static void client_gone(struct connection *c) {
  close_end(&c->client);
  frame_reader_clear(&c->from_client);
  frame_reader_clear(&c->from_shimd);
  free(c->answer);
  c->answer = NULL;
  unanswered_forget_sent(&c->unanswered);
  if (c->pair < 0 || c->pair_broken || c->unanswered.unsent == NULL) c->over = true;
}

static bool read_client(struct connection *c) {
  if (c->client < 0) return false;
  if (frame_reader_idle(&c->from_client) && c->unanswered.bytes >= RELAY_KEPT_MAX) {
    if (c->client_ended) client_gone(c);
    return c->client < 0;
  }
  switch (frame_read(&c->from_client, c->client)) {
    case FRAME_NONE: return false;
    case FRAME_PART: return true;
    case FRAME_WHOLE: unanswered_put(&c->unanswered, frame_take(&c->from_client)); return true;
    case FRAME_NO_MEMORY: c->starved = true; return false;
    case FRAME_INVALID: log_line("relay: no client's frame: connection %ju is closed", (uintmax_t)c->id); break;
    case FRAME_END: break;
  }
  client_gone(c);
  return true;
}

/* Whether the error of send() only means "later". */
static bool is_full(struct connection *c) {
  bool starved = errno == ENOMEM || errno == ENOBUFS;
  if (starved) c->starved = true;
  return starved || errno == EAGAIN;
}

static bool write_shimd(struct connection *c) {
  struct unanswered *list = &c->unanswered;
  if (c->pair < 0 || c->pair_broken || list->unsent == NULL) return false;
  ssize_t count = frame_send(list->unsent, list->offset, c->pair);
  if (count < 0) {
    if (is_full(c)) return false;
    /* What shimd sent before it died is still to be read. */
    if (errno != EINTR) c->pair_broken = true;
  } else {
    unanswered_sent(list, (size_t)count);
  }
  if (c->client < 0 && (c->pair_broken || list->unsent == NULL)) c->over = true;
  return true;
}

/* A shimd that can't write its answers reads no more: what is left for it would stay for ever. */
static bool discard_answers(struct connection *c) {
  static uint8_t waste[64 * 1024];
  ssize_t count = recv(c->pair, waste, sizeof waste, MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) c->over = true;
  return count > 0 || (count < 0 && errno == EINTR);
}

static bool read_shimd(struct connection *c) {
  if (c->pair < 0 || c->answer != NULL) return false;
  if (c->client < 0) return discard_answers(c);
  switch (frame_read(&c->from_shimd, c->pair)) {
    case FRAME_NONE: return false;
    case FRAME_PART: return true;
    case FRAME_WHOLE:
      c->answer = frame_take(&c->from_shimd);
      c->answer_sent = 0;
      return true;
    case FRAME_NO_MEMORY: c->starved = true; return false;
    case FRAME_INVALID:
      log_line("relay: no server's frame: connection %ju has no shimd until the next HELLO", (uintmax_t)c->id);
      break;
    case FRAME_END: break;
  }
  drop_pair(c);
  return true;
}

static bool write_client(struct connection *c) {
  if (c->client < 0 || c->answer == NULL) return false;
  ssize_t count = frame_send(c->answer, c->answer_sent, c->client);
  if (count < 0) {
    if (is_full(c)) return false;
    if (errno != EINTR) client_gone(c);
    return true;
  }
  c->answer_sent += (size_t)count;
  if (c->answer_sent < c->answer->size) return true;
  if (frame_ends_stream(c->answer)) unanswered_answer(&c->unanswered, c->answer->stream);
  free(c->answer);
  c->answer = NULL;
  return true;
}

/* An earlier pair is read to its end first: what it answered must not be asked again. */
static bool wants_pair(const struct connection *c) {
  return c->client >= 0 && c->pair < 0 && c->answer == NULL && control_version() >= RELAY_VERSION &&
         c->session != control_session();
}

static void offer_pair(struct connection *c) {
  int ends[2];
  struct packet *packet = packet_new(RELAYED, 0, strlen(c->listener));
  if (packet == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0) {
    free(packet);
    c->starved = true;
    return;
  }
  packet_own_fd(packet, ends[1]);
  if (events_add(ends[0], WATCHED, EVENT_RELAY_PAIR, c->key) < 0) {
    packet_free(packet);
    close(ends[0]);
    c->starved = true;
    return;
  }
  put_u64(packet, c->id);
  put_str(packet, c->listener);
  c->pair = ends[0];
  c->session = control_session();
  unanswered_rewind(&c->unanswered);
  control_send(packet);
}

static bool step(struct connection *c) {
  bool moved = read_client(c);
  moved |= write_shimd(c);
  moved |= read_shimd(c);
  moved |= write_client(c);
  if (!wants_pair(c)) return moved;
  offer_pair(c);
  return !c->starved;
}

enum relay_state connection_pump(struct connection *c) {
  c->starved = false;
  for (int i = 0; i < STEPS; i++) {
    bool moved = step(c);
    if (c->over) return RELAY_OVER;
    if (c->starved) return RELAY_STARVED;
    if (!moved) return RELAY_IDLE;
  }
  /* What is ready then is told again. */
  if (c->client >= 0) events_change(c->client, WATCHED, EVENT_RELAY_CLIENT, c->key);
  if (c->pair >= 0) events_change(c->pair, WATCHED, EVENT_RELAY_PAIR, c->key);
  return RELAY_IDLE;
}

void connection_cut_pair(struct connection *c) {
  if (c->pair >= 0) shutdown(c->pair, SHUT_RDWR);
  if (c->client < 0) c->over = true;
}

void connection_flush(struct connection *c) {
  if (c->pair >= 0) shutdown(c->pair, SHUT_RD);
  while (read_shimd(c) || write_client(c)) continue;
}

void connection_free(struct connection *c) {
  close_end(&c->client);
  close_end(&c->pair);
  frame_reader_clear(&c->from_client);
  frame_reader_clear(&c->from_shimd);
  free(c->answer);
  unanswered_clear(&c->unanswered);
  free(c);
}
