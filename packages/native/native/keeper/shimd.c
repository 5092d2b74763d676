#define _GNU_SOURCE
#include "shimd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "children.h"
#include "command.h"
#include "control.h"
#include "crashes.h"
#include "events.h"
#include "launch.h"
#include "leave.h"
#include "log.h"
#include "procstat.h"
#include "ready.h"
#include "signals.h"

enum { FIRST_DELAY = 100, LAST_DELAY = 10000, GOOD_LIFE = 30000, GRACE = 10000, LOOK = 10000, LOOK_SOON = 500 };
enum { CONTROL_TARGET = 3, API_TARGET = 4, LAUNCH_TARGET = 5 };

static const struct options *options;
static int api_fd, launch_fd;
static pid_t pid;
static uint32_t starts;
static bool ended;         /* reaped, and its connection not yet closed */
static int ended_with;     /* its wait status */
static int64_t started_at; /* ms, monotonic */
static int64_t start_at;   /* when to start it again */
static int64_t kill_at;    /* 0: not */
static int64_t look_at;    /* when to look whether it can't end */
static int64_t dying_at;   /* when it was first seen to be; 0: not */
static bool serves;
static int64_t delay;      /* before the next start */

pid_t shimd_pid(void) {
  return pid;
}

uint32_t shimd_restarts(void) {
  return starts - 1;
}

static _Noreturn void fail(int report, const char *where) {
  struct launch_failure failure = {.error = errno};
  strncpy(failure.where, where, sizeof failure.where - 1);
  if (report < 0 || write(report, &failure, sizeof failure) < 0)
    log_line("shimd: %s: %s", failure.where, strerror(failure.error));
  _exit(127);
}

/* Runs in the child. */
static _Noreturn void become_shimd(int control, pid_t keeper, int report) {
  char variable[32];
  const int fds[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, control, api_fd, launch_fd};
  struct program program = {.fds = fds, .targets = {0, 1, 2, CONTROL_TARGET, API_TARGET, LAUNCH_TARGET}};
  program.fd_count = launch_fd >= 0 ? 6 : 5;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  /* The keeper may have died before that call. */
  if (getppid() != keeper) _exit(127);
  signals_reset();
  if (!place_fds(&program, &report)) fail(report, "descriptors");
  const struct command *command = command_now();
  if (command->env != NULL) environ = command->env;
  snprintf(variable, sizeof variable, "%d", (int)keeper);
  setenv("HOLDFAST_KEEPER", variable, 1);
  exec_in_path(command->argv, environ);
  fail(report, "exec");
}

/* `report` is -1 or the write end of a CLOEXEC pipe. Returns an errno. */
static int start(int report) {
  int ends[2], error = log_open(options->log);
  pid_t keeper = getpid();
  if (error != 0) log_line("open log %s: %s", options->log, strerror(error));
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0) return errno;
  pid = fork();
  if (pid == 0) become_shimd(ends[1], keeper, report);
  error = errno;
  close(ends[1]);
  if (pid < 0) {
    pid = 0;
    close(ends[0]);
    return error;
  }
  starts++;
  started_at = now_ms();
  look_at = started_at + LOOK;
  dying_at = 0;
  serves = false;
  if (command_on_trial()) kill_at = started_at + command_patience();
  if (control_open(ends[0]) == 0) return 0;
  error = errno;
  close(ends[0]);
  kill(pid, SIGKILL);
  return error;
}

void shimd_init(const struct options *given, int api, int launch) {
  int report[2];
  struct launch_failure failure;
  options = given;
  command_init(given->program);
  crashes_init(given->state);
  api_fd = api;
  launch_fd = launch;
  if (pipe2(report, O_CLOEXEC) < 0) ready_fail_errno("pipe", errno);
  int error = start(report[1]);
  if (error != 0) ready_fail_errno("start shimd", error);
  close(report[1]);
  ssize_t length;
  do length = read(report[0], &failure, sizeof failure);
  while (length < 0 && errno == EINTR);
  close(report[0]);
  /* A program that cannot be executed at all is the starter's mistake; later, it is worth trying again. */
  if (length == sizeof failure) ready_fail_errno("exec", failure.error);
}

/* A test that kills shimd hundreds of times can't wait 10 s for each. */
static int64_t longest_delay(void) {
  const char *text = getenv("HOLDFAST_TEST_RESTART_DELAY");
  return text == NULL ? LAST_DELAY : strtol(text, NULL, 10);
}

/* Returns the delay. */
static int64_t plan_restart(void) {
  int64_t now = now_ms(), longest = longest_delay(), wait;
  if (now - started_at >= GOOD_LIFE) delay = 0;
  wait = delay;
  start_at = now + wait;
  delay = delay == 0 ? FIRST_DELAY : delay * 2;
  if (delay > longest) delay = longest;
  return wait;
}

/* The one that leaves for another, and the one that was tried in vain, are no deaths. */
static void plan_next(int status) {
  if (command_offered() || command_on_trial()) {
    start_at = now_ms();
    delay = 0;
    if (!command_on_trial()) return;
    log_line("the new shimd did not come to serve: the one before it is started again");
    command_go_back(status);
    return;
  }
  int64_t wait = plan_restart();
  if (!leaving()) crashes_add(status, wait);
}

void shimd_exited(int status) {
  if (WIFSIGNALED(status)) log_line("shimd (pid %d) was killed by signal %d", (int)pid, WTERMSIG(status));
  else log_line("shimd (pid %d) exited with %d", (int)pid, WEXITSTATUS(status));
  pid = 0;
  ended = true;
  kill_at = 0;
  ended_with = status;
}

void shimd_replaced(void) {
  if (pid != 0) kill_at = now_ms() + GRACE;
}

void shimd_serving(void) {
  if (pid == 0 || serves) return;
  serves = true;
  crashes_serving();
  if (!command_on_trial()) return;
  command_keep();
  kill_at = 0;
  log_line("shimd (pid %d) has taken over", (int)pid);
}

void shimd_hurry(void) {
  if (pid == 0) start_at = now_ms();
}

void shimd_wanted(void) {
  look_at = now_ms();
}

void shimd_disconnected(void) {
  if (pid != 0 && kill_at == 0) kill_at = now_ms() + GRACE;
}

void shimd_terminate(void) {
  if (pid == 0) return;
  kill(pid, SIGTERM);
  shimd_disconnected();
}

static void try_start(void) {
  if (command_offered()) command_try();
  int error = start(-1);
  if (error == 0) return;
  log_line("start shimd: %s", strerror(error));
  if (pid == 0) plan_restart();
}

/*
 * One that was killed while a thread of it waits for a disk is not over, tells nobody, and keeps its descriptors open, until the disk
 * answers. It runs nothing any more: another one takes its place, and it is reaped when it comes to its end.
 */
static void look(int64_t now) {
  siginfo_t dead = {0};
  int status;
  look_at = now + LOOK;
  if (waitid(P_PID, (id_t)pid, &dead, WEXITED | WNOWAIT | WNOHANG) < 0 || dead.si_pid != 0) return;
  if (!first_thread_ended(pid, &status)) return;
  /* Threads end one after the other, mostly within a millisecond. */
  if (dying_at == 0) dying_at = now;
  if (now - dying_at < LOOK_SOON) {
    look_at = dying_at + LOOK_SOON;
    return;
  }
  struct child *child = child_new("");
  if (child == NULL) return;
  child->pid = pid;
  child->forgotten = true;
  child_add(child);
  log_line("shimd (pid %d) has ended, but for what waits for a disk", (int)pid);
  shimd_exited(status);
}

int64_t shimd_tick(bool restart) {
  int64_t now = now_ms();
  if (pid != 0 && now >= look_at) look(now);
  if (ended) {
    /* First: it may have died right after it asked to be replaced. */
    control_drain();
    plan_next(ended_with);
  }
  ended = false;
  now = now_ms();
  if (pid != 0 && kill_at != 0 && now >= kill_at) {
    kill(pid, SIGKILL);
    kill_at = 0;
    look_at = now + LOOK_SOON;
  }
  if (pid == 0 && restart && now >= start_at) try_start();
  bool recovering = pid != 0 && crashes_any();
  if (recovering && now - started_at >= GOOD_LIFE) crashes_clear();
  int64_t due = pid == 0 ? (restart ? start_at : 0) : kill_at;
  if (recovering && crashes_any() && (due == 0 || due > started_at + GOOD_LIFE)) due = started_at + GOOD_LIFE;
  if (pid != 0 && (due == 0 || due > look_at)) due = look_at;
  if (due == 0) return -1;
  return due > now ? due - now : 0;
}
