/* The launcher: docs/launcher.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "converse.h"
#include "node.h"
#include "request.h"
#include "root.h"
#include "say.h"
#include "self.h"
#include "socket.h"
#include "stream.h"

enum { CODE_FAILED = 1, CODE_SHIM_FAILED = 125, CODE_NO_PROGRAM = 127 };
/* A request that takes its shimd down every time is not sent for ever. */
enum { LOSSES_MAX = 5, PAUSE = 20, AGAIN = -1 };

/* Else a socket of ours would be taken for one of them. */
static void open_standard(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) _exit(CODE_FAILED);
}

struct launcher {
  struct self self;
  struct request request;
  struct progress progress;
  int64_t deadline; /* when the request must be accepted, or accepted again */
  char **argv;
};

/* Nobody has begun it: the Node program does it all. */
static int fall_back(const struct launcher *launcher) {
  if (launcher->request.input_read && !request_restore_input(&launcher->request)) {
    say("what was read from stdin can't be given back: %s", strerror(errno));
    return CODE_FAILED;
  }
  node_run(launcher->self.program, launcher->argv);
  return CODE_NO_PROGRAM;
}

static int do_without(const struct launcher *launcher, const char *why) {
  if (!launcher->progress.accepted) return fall_back(launcher);
  say("%s; what it was asked for may have been done", why);
  return CODE_SHIM_FAILED;
}

static int too_much(const struct request *request) {
  if (request->input_length > INPUT_MAX) say("more than %d bytes on stdin", INPUT_MAX);
  else say("stdin can't be kept: %s", strerror(errno));
  return CODE_FAILED;
}

/* Returns the exit code, or AGAIN. */
static int judge(struct launcher *launcher, enum outcome outcome) {
  switch (outcome) {
  case ENDED: return launcher->progress.code;
  case UNHEARD: say("its output can't be written: %s", strerror(errno)); return CODE_FAILED;
  case REFUSED_IT: return do_without(launcher, "the shim that has taken over refuses it");
  case BROKEN: return do_without(launcher, "the shim's answer makes no sense");
  case SILENT: return do_without(launcher, "the shim has gone, and the next one does not answer");
  case LOST: break;
  }
  if (++launcher->progress.losses > LOSSES_MAX) return do_without(launcher, "the shim goes again and again");
  if (launcher->progress.accepted_here) launcher->deadline = clock_now() + patience();
  return AGAIN;
}

/* Returns the exit code, or AGAIN. */
static int try(struct launcher *launcher) {
  struct request *request = &launcher->request;
  int socket = socket_connect(launcher->self.kind, root_of(NULL));
  if (socket < 0) {
    bool may_come = launcher->progress.accepted && errno != EPERM && clock_now() < launcher->deadline;
    return may_come ? AGAIN : do_without(launcher, "the shim has gone, and no other has come");
  }
  /* Not before somebody is there: stdin is the other program's. */
  if (request->length == 0) {
    enum request_result made = request_make(request, launcher->self.kind, launcher->argv);
    if (made == REQUEST_TOO_MUCH) return too_much(request);
    if (made == REQUEST_IMPOSSIBLE) return fall_back(launcher);
    launcher->deadline = clock_now() + patience();
  }
  enum outcome outcome = converse(socket, request, &launcher->progress, launcher->deadline);
  int error = errno;
  close(socket);
  errno = error;
  return judge(launcher, outcome);
}

int main(int argc, char **argv) {
  struct launcher launcher = {.request = {.file = -1}, .argv = argv};
  open_standard();
  if (argc < 1) return CODE_FAILED;
  say_as(argv[0]);
  if (!self_find(&launcher.self)) return fall_back(&launcher);
  if (launcher.self.version >= STREAMS_VERSION) {
    int code = stream_run(&launcher.self, argv);
    return code < 0 ? fall_back(&launcher) : code;
  }
  for (;;) {
    int code = try(&launcher);
    if (code != AGAIN) return code;
    clock_nap(PAUSE);
  }
}
