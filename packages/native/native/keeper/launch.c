#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oom.h"
#include "signals.h"

static const char *path_of(char **env) {
  for (; *env != NULL; env++)
    if (strncmp(*env, "PATH=", 5) == 0) return *env + 5;
  return "/bin:/usr/bin";
}

/* Unlike execvpe it never hands a file without an interpreter to a shell. */
void exec_in_path(char **argv, char **env) {
  char candidate[PATH_MAX];
  int error = ENOENT;
  if (strchr(argv[0], '/') != NULL || argv[0][0] == '\0') {
    execve(argv[0], argv, env);
    return;
  }
  for (const char *at = path_of(env), *end; at != NULL; at = *end == ':' ? end + 1 : NULL) {
    end = strchrnul(at, ':');
    int length = snprintf(candidate, sizeof candidate, "%.*s%s%s", (int)(end - at), at, end == at ? "" : "/", argv[0]);
    if (length < 0 || (size_t)length >= sizeof candidate) continue;
    execve(candidate, argv, env);
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return;
    if (errno == EACCES) error = EACCES;
  }
  errno = error;
}

static int highest_target(const struct program *program) {
  int highest = STDERR_FILENO;
  for (uint32_t i = 0; i < program->fd_count; i++)
    if (program->targets[i] > highest) highest = program->targets[i];
  return highest;
}

static bool is_target(const struct program *program, int fd) {
  for (uint32_t i = 0; i < program->fd_count; i++)
    if (program->targets[i] == fd) return true;
  return false;
}

bool place_fds(const struct program *program, int *report) {
  int above[16], base = highest_target(program) + 1;
  int null = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, base);
  if (null < 0) return false;
  if (*report >= 0 && (*report = fcntl(*report, F_DUPFD_CLOEXEC, base)) < 0) return false;
  /* First everything out of the way of every target. */
  for (uint32_t i = 0; i < program->fd_count; i++)
    if ((above[i] = fcntl(program->fds[i], F_DUPFD_CLOEXEC, base)) < 0) return false;
  for (uint32_t i = 0; i < program->fd_count; i++)
    if (dup2(above[i], program->targets[i]) < 0) return false;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (!is_target(program, fd) && dup2(null, fd) < 0) return false;
  return true;
}

static _Noreturn void fail(int report, const char *where) {
  struct launch_failure failure = {.error = errno};
  strncpy(failure.where, where, sizeof failure.where - 1);
  /* The keeper sees an empty pipe as success, but this process then exits with 127. */
  if (write(report, &failure, sizeof failure) < 0) _exit(127);
  _exit(127);
}

/* Who gets sockets as systemd hands them on looks for its own pid beside them. The mark has room for any. */
static void fill_in_pid(char **env) {
  static const char mark[] = "LISTEN_PID=@own-pid";
  const size_t name = strlen("LISTEN_PID=");
  for (; *env != NULL; env++)
    if (strcmp(*env, mark) == 0) snprintf(*env + name, sizeof mark - name, "%d", (int)getpid());
}

_Noreturn void launch(const struct program *program, int report) {
  int original = report;
  setsid();
  signals_reset();
  umask(022);
  set_oom_score(0);
  if (!place_fds(program, &report)) fail(report < 0 ? original : report, "descriptors");
  if (chdir(program->cwd) < 0) fail(report, "chdir");
  fill_in_pid(program->env);
  exec_in_path(program->argv, program->env);
  fail(report, "exec");
}
