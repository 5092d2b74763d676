#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "children.h"
#include "events.h"
#include "launch.h"
#include "leave.h"
#include "procstat.h"

enum { TAG_MAX = 4096 };

static bool read_targets(struct request *request, struct program *program) {
  uint32_t count = read_u32(&request->body);
  if (request->body.bad || count != request->fd_count) return false;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t target = read_u32(&request->body);
    if (target > INT_MAX - 1) return false;
    for (uint32_t earlier = 0; earlier < i; earlier++)
      if (program->targets[earlier] == (int)target) return false;
    program->targets[i] = (int)target;
  }
  program->fds = request->fds;
  program->fd_count = count;
  return true;
}

static bool read_program(struct request *request, struct program *program, const char **tag) {
  *tag = read_str(&request->body);
  program->cwd = read_str(&request->body);
  program->argv = read_strs(&request->body);
  program->env = read_strs(&request->body);
  return read_targets(request, program) && read_end(&request->body) && strlen(*tag) <= TAG_MAX &&
         program->argv[0] != NULL;
}

/* On failure the step is in `where` and errno is set. */
static bool start(struct child *child, const struct program *program, const char **where) {
  int report[2];
  *where = "pipe";
  if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0) return false;
  *where = "fork";
  child->pid = fork();
  if (child->pid == 0) launch(program, report[1]);
  int error = errno;
  close(report[1]);
  child->exec_fd = report[0];
  errno = error;
  return child->pid > 0;
}

static void discard_child(struct child *child) {
  if (child->exec_fd >= 0) close(child->exec_fd);
  free(child);
}

static void spawn_program(const struct request *request, const struct program *program, const char *tag) {
  const char *where;
  struct child *child = child_new(tag);
  if (child == NULL) {
    control_error(request->id, ENOMEM, "fork");
    return;
  }
  if (!start(child, program, &where)) {
    int error = errno;
    discard_child(child);
    control_error(request->id, error, where);
    return;
  }
  child->start_time = start_time_of(child->pid);
  child->request = request->id;
  child->session = control_session();
  child_add(child);
  /* A disk that hangs in exec must not hang the keeper. Without a watch the exit settles it. */
  events_add(child->exec_fd, EPOLLIN, EVENT_EXEC, (uint32_t)child->pid);
}

void handle_spawn(struct request *request) {
  struct program program = {0};
  const char *tag;
  if (!read_program(request, &program, &tag)) control_error(request->id, EPROTO, "body");
  else if (leaving()) control_error(request->id, ESHUTDOWN, "keeper");
  else spawn_program(request, &program, tag);
  free(program.argv);
  free(program.env);
}

static void reply_spawned(const struct child *child) {
  struct packet *packet = packet_new(SPAWNED, child->request, 0);
  put_u32(packet, (uint32_t)child->pid);
  put_u64(packet, child->start_time);
  control_send(packet);
}

void spawn_settle(pid_t pid) {
  struct child *child = child_find(pid);
  if (child == NULL || child->exec_fd < 0) return;
  struct launch_failure failure;
  ssize_t length = read(child->exec_fd, &failure, sizeof failure);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  events_remove(child->exec_fd);
  close(child->exec_fd);
  child->exec_fd = -1;
  /* A later session has heard of the program by CHILD, or will hear of its exit. */
  if (child->session == 0 || child->session != control_session()) return;
  if (length == sizeof failure) {
    failure.where[sizeof failure.where - 1] = '\0';
    child->forgotten = true;
    control_error(child->request, failure.error, failure.where);
  } else {
    reply_spawned(child);
  }
}
