#include "requests.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "children.h"
#include "command.h"
#include "exits.h"
#include "held.h"
#include "leave.h"
#include "relay-listeners.h"
#include "relays.h"
#include "shimd.h"
#include "spawn.h"

static void malformed(const struct request *request) {
  control_error(request->id, EPROTO, "body");
}

static void send_welcome(uint32_t id) {
  struct packet *packet = packet_new(WELCOME, id, strlen(command_tag()));
  put_u32(packet, control_version());
  put_u32(packet, (uint32_t)getpid());
  put_u32(packet, shimd_restarts());
  if (control_version() >= 2) {
    put_u32(packet, command_replacements());
    put_u32(packet, command_outcome());
    put_u32(packet, (uint32_t)command_status());
    put_str(packet, command_tag());
  }
  control_send(packet);
}

static void send_children(void) {
  for (const struct child *child = child_first(); child != NULL; child = child->next) {
    if (child->forgotten) continue;
    struct packet *packet = packet_new(CHILD, 0, strlen(child->tag));
    put_u32(packet, (uint32_t)child->pid);
    put_u64(packet, child->start_time);
    put_str(packet, child->tag);
    control_send(packet);
  }
}

static void send_held(void) {
  for (const struct held *held = held_first(); held != NULL; held = held->next) {
    struct packet *packet = packet_new(HELD, 0, strlen(held->key));
    put_str(packet, held->key);
    control_send(packet);
  }
}

static void hello(struct request *request) {
  uint32_t wanted = read_u32(&request->body);
  if (!read_end(&request->body) || request->fd_count != 0) {
    malformed(request);
  } else if (wanted < FIRST_VERSION || wanted > PROTOCOL_VERSION) {
    control_error(request->id, EPROTONOSUPPORT, "version");
  } else {
    control_new_session(wanted);
    /* It will not say so itself. */
    if (wanted < 2) shimd_serving();
    send_welcome(request->id);
    send_children();
    send_held();
    exits_replay();
    control_reply(READY, 0);
    relays_new_session();
  }
}

static void ack(struct request *request) {
  uint64_t seq = read_u64(&request->body);
  if (!read_end(&request->body) || request->fd_count != 0) malformed(request);
  else exit_ack(seq);
}

/* NULL if there is none, which complete() answers then. */
static char *read_key(struct request *request) {
  char *key = read_str(&request->body);
  if (key != NULL && strlen(key) > HELD_KEY_MAX) request->body.bad = true;
  return key;
}

/* Whether the body has been read without mistake, to its end, and came with `fd_count` descriptors. If not, it is answered. */
static bool complete(const struct request *request, uint32_t fd_count) {
  if (read_end(&request->body) && request->fd_count == fd_count) return true;
  malformed(request);
  return false;
}

static void answer(const struct request *request, int error, const char *where) {
  if (error == 0) control_reply(OK, request->id);
  else control_error(request->id, error, where);
}

static void hold(struct request *request) {
  const char *key = read_key(request);
  if (!complete(request, 1)) return;
  int error = held_put(key, request->fds[0]);
  if (error == 0) request->fds[0] = -1;
  answer(request, error, "hold");
}

static void drop(struct request *request) {
  const char *key = read_key(request);
  if (complete(request, 0)) answer(request, held_drop(key), "key");
}

static void fetch(struct request *request) {
  const char *key = read_key(request);
  if (!complete(request, 0)) return;
  int fd = held_get(key);
  if (fd < 0) {
    control_error(request->id, ENOENT, "key");
    return;
  }
  /* Borrowed: no DROP is read before this has been sent. */
  struct packet *packet = packet_new(FD, request->id, 0);
  if (packet != NULL) packet->fd = fd;
  control_send(packet);
}

static void accept_next(struct request *request) {
  const char *listener = read_key(request);
  const char *key = read_key(request);
  if (!complete(request, 0)) return;
  int error = held_accept(listener, key);
  answer(request, error, error == ENOENT ? "key" : "accept");
}

static void relay(struct request *request) {
  const char *key = read_key(request);
  if (!complete(request, 0)) return;
  int fd = held_get(key);
  if (fd < 0) answer(request, ENOENT, "key");
  else answer(request, listener_add(fd, key), "relay");
}

static void unrelay(struct request *request) {
  uint64_t id = read_u64(&request->body);
  if (complete(request, 0)) answer(request, relays_end(id), "connection");
}

static void replace(struct request *request) {
  int error = request->fd_count != 0 ? EPROTO : leaving() ? ESHUTDOWN : command_offer(&request->body);
  answer(request, error, error == EPROTO ? "body" : "replace");
  if (error == 0) shimd_replaced();
}

static void serving(struct request *request) {
  if (request->body.left != 0 || request->fd_count != 0) malformed(request);
  else shimd_serving();
}

static void quit(struct request *request) {
  if (request->body.left != 0 || request->fd_count != 0) malformed(request);
  else answer(request, leave_on_quit() ? 0 : EBUSY, "children");
}

static bool is_known(enum request_type type) {
  uint32_t since = type < REPLACE ? FIRST_VERSION : type < ACCEPT ? 2 : type < RELAY ? 3 : 4;
  return type == HELLO || control_version() >= since;
}

void handle_request(struct request *request) {
  if (request->type != HELLO && control_session() == 0) {
    control_error(request->id, EPROTO, "no HELLO");
    return;
  }
  if (!is_known(request->type)) {
    control_error(request->id, EPROTO, "type");
    return;
  }
  switch (request->type) {
    case HELLO: hello(request); break;
    case SPAWN: handle_spawn(request); break;
    case ACK: ack(request); break;
    case HOLD: hold(request); break;
    case DROP: drop(request); break;
    case FETCH: fetch(request); break;
    case QUIT: quit(request); break;
    case REPLACE: replace(request); break;
    case SERVING: serving(request); break;
    case ACCEPT: accept_next(request); break;
    case RELAY: relay(request); break;
    case UNRELAY: unrelay(request); break;
    default: control_error(request->id, EPROTO, "type");
  }
}
