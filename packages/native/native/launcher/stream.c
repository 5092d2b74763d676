#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "converse.h"
#include "revive.h"
#include "root.h"
#include "say.h"
#include "signals.h"
#include "socket.h"
#include "terminal.h"

enum { CODE_FAILED = 1, CODE_SHIM_FAILED = 125, FALL_BACK = -1, AGAIN = -2 };
enum { LOSSES_MAX = 5, PAUSE = 20 };

static int do_without(const struct stream *stream, const char *why) {
  if (!stream->accepted) return FALL_BACK;
  terminal_restore();
  say("%s; what it was asked for may have been done", why);
  return CODE_SHIM_FAILED;
}

/* The shim knows what there is to go on with, for as long as it takes. */
static bool is_steadfast(const struct stream *stream) {
  return stream->token[0] != '\0';
}

/* What was printed can't be printed again, and what was read is not there any more: only a shim that knows more goes on. */
static bool can_be_repeated(const struct stream *stream) {
  return is_steadfast(stream) || (stream->outlets[0].ring.end == 0 && stream->inlet.ring.first == 0);
}

static struct streamed state_of(const struct stream *stream) {
  struct streamed state = {
      .standard = terminal_standard(),
      .size = terminal_size(),
      .inherited = stream->inherited,
      .attempt = stream->attempt,
      .signals = stream->signals_handled,
      .program = stream->self->program,
      .token = stream->token,
      .input = stream->inlet.ring.first,
      .standing = stream->self->version >= STANDING_VERSION ? &stream->standing : NULL,
  };
  for (int i = 0; i < 2; i++) {
    state.printed[i] = stream->outlets[i].ring.first;
    state.received[i] = stream->outlets[i].ring.end;
  }
  return state;
}

static void begin_connection(struct stream *stream, int socket) {
  stream->socket = socket;
  stream->accepted_here = stream->full = stream->resized = false;
  stream->inlet.sent = stream->inlet.ring.first;
  stream->inlet.wanted = stream->inlet.end_sent = false;
  for (unsigned i = 0; i < stream->waiting_count; i++) stream->waiting[i].sent = false;
  standing_begin(&stream->standing);
  for (int i = 0; i < 2; i++) {
    stream->told_printed[i] = stream->outlets[i].ring.first;
    stream->told_failed[i] = false;
  }
}

static void end_connection(struct stream *stream) {
  close(stream->socket);
  stream->socket = -1;
  terminal_set_raw(false);
}

/* The shim may have said that all is well before it could hear that the last of it can't be printed. A reader that has left has had enough. */
static int code_of(const struct stream *stream) {
  const int failed = stream->outlets[0].failed;
  if (failed == 0 || failed == EPIPE || stream->hurried || stream->code != 0) return stream->code;
  say("cannot write to stdout: %s", strerror(failed));
  return is_steadfast(stream) ? CODE_SHIM_FAILED : CODE_FAILED;
}

/* Returns the exit code, FALL_BACK or AGAIN. */
static int judge(struct stream *stream, enum outcome_of_stream outcome) {
  switch (outcome) {
  case STREAM_ENDED: return code_of(stream);
  case STREAM_REFUSED: return do_without(stream, "the shim that has taken over refuses it");
  case STREAM_BROKEN: return do_without(stream, "the shim's answer makes no sense");
  case STREAM_SILENT: return do_without(stream, "the shim has gone, and the next one does not answer");
  case STREAM_LOST: break;
  }
  if (stream->accepted && !can_be_repeated(stream)) return do_without(stream, "the shim has gone");
  if (++stream->losses > LOSSES_MAX && !is_steadfast(stream)) return do_without(stream, "the shim goes again and again");
  if (stream->accepted_here) {
    stream->deadline = clock_now() + patience();
    stream->attempt++;
  }
  return AGAIN;
}

/* Who stands for something is itself what its caller knows: Node starts the shim, and does no more. */
static bool start_shim(struct stream *stream) {
  if (stream->accepted || stream->tried || stream->self->version < STANDING_VERSION) return false;
  if (errno != ENOENT && errno != ECONNREFUSED) return false;
  stream->tried = true;
  /* Asked for often, and done without one. */
  for (char **arg = stream->argv + 1; *arg != NULL; arg++)
    if (strcmp(*arg, "--version") == 0) return false;
  return revive_now(stream->self->program, stream->argv);
}

/* Nobody listens: another shim is started for what was begun. */
static int wait_for_another(struct stream *stream) {
  if (start_shim(stream)) return AGAIN;
  if (!stream->accepted || errno == EPERM) return do_without(stream, "the shim has gone, and no other has come");
  if (errno == ENOENT || errno == ECONNREFUSED) revive(stream->self->program, stream->argv);
  if (clock_now() < stream->deadline || is_steadfast(stream)) return AGAIN;
  return do_without(stream, "the shim has gone, and no other has come");
}

static int try(struct stream *stream) {
  int socket = socket_connect(stream->self->kind, root_of(stream->self->says_root ? stream->argv : NULL));
  if (socket < 0) return wait_for_another(stream);
  begin_connection(stream, socket);
  struct streamed state = state_of(stream);
  if (request_make_streamed(&stream->request, stream->self->kind, stream->argv, &state) != REQUEST_MADE) {
    end_connection(stream);
    return do_without(stream, "the shim has gone, and the next one can't be asked");
  }
  if (stream->deadline == 0 || is_steadfast(stream)) stream->deadline = clock_now() + patience();
  enum outcome_of_stream outcome =
      send_request(socket, &stream->request, stream->self->version) ? stream_converse(stream) : STREAM_LOST;
  end_connection(stream);
  return judge(stream, outcome);
}

/* For a while, or until a signal comes. */
static void pause_between(struct stream *stream) {
  struct pollfd wait = {.fd = stream->signals, .events = POLLIN};
  if (poll(&wait, 1, PAUSE) > 0) stream_take_signals(stream);
}

/* From 3 on, without a gap. To be asked before any is opened. */
static uint32_t count_inherited(void) {
  uint32_t count = 0;
  while (fcntl(STDERR_FILENO + 1 + (int)count, F_GETFD) >= 0) count++;
  return count;
}

int stream_run(const struct self *self, char **argv) {
  static struct stream stream;
  stream.self = self;
  stream.argv = argv;
  stream.request.file = stream.socket = stream.standing.caller = -1;
  stream.inherited = count_inherited();
  stream.signals = signals_take();
  if (stream.signals < 0) return FALL_BACK;
  terminal_remember();
  outlet_open(&stream.outlets[0], STDOUT_FILENO);
  outlet_open(&stream.outlets[1], STDERR_FILENO);
  for (;;) {
    int code = try(&stream);
    if (code != AGAIN) {
      if (code == FALL_BACK) signals_give_back();
      return code;
    }
    pause_between(&stream);
  }
}
