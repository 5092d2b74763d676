#define _GNU_SOURCE
#include "daemonize.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "oom.h"
#include "ready.h"

/* The starter waits for its child, which is gone at once. */
static void leave_starter(void) {
  pid_t pid = fork();
  if (pid < 0) ready_fail_errno("fork", errno);
  if (pid > 0) _exit(0);
  if (setsid() < 0) ready_fail_errno("setsid", errno);
  if (chdir("/") < 0) ready_fail_errno("chdir", errno);
  umask(077);
}

static void reset_signals(void) {
  static const int ignored[] = {SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2};
  sigset_t none;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) signal(ignored[i], SIG_IGN);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void widen_limits(void) {
  cpu_set_t every[8]; /* 8192 processors; the kernel keeps those of the cpuset */
  struct rlimit files;
  memset(every, 0xff, sizeof every);
  sched_setaffinity(0, sizeof every, every);
  if (getrlimit(RLIMIT_NOFILE, &files) < 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

static void close_others(const struct options *options) {
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) ready_fail_errno("open /proc/self/fd", errno);
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    int fd = atoi(entry->d_name);
    if (fd <= 2 || fd == options->ready_fd || fd == options->lock_fd || fd == dirfd(directory)) continue;
    close(fd);
  }
  closedir(directory);
}

static void open_stdio(const struct options *options) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) ready_fail_errno("open /dev/null", errno);
  dup2(null, STDIN_FILENO);
  if (null > 2) close(null);
  int error = log_open(options->log);
  if (error != 0) ready_fail_errno("open log", error);
}

static void keep_descriptors(const struct options *options) {
  if (fcntl(options->ready_fd, F_SETFD, FD_CLOEXEC) < 0) ready_fail_errno("ready-fd", errno);
  if (fcntl(options->lock_fd, F_SETFD, FD_CLOEXEC) < 0) ready_fail_errno("lock-fd", errno);
  /* Succeeds at once on a description that holds the lock already. */
  if (flock(options->lock_fd, LOCK_EX | LOCK_NB) < 0) ready_fail_errno("lock", errno);
}

static void join_cgroups(const struct options *options) {
  for (int i = 0; i < options->cgroup_count; i++) {
    int fd = open(options->cgroups[i], O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || write(fd, "0", 1) != 1) log_line("cgroup %s: %s", options->cgroups[i], strerror(errno));
    if (fd >= 0) close(fd);
  }
}

void daemonize(const struct options *options) {
  leave_starter();
  reset_signals();
  close_others(options);
  open_stdio(options);
  keep_descriptors(options);
  join_cgroups(options);
  widen_limits();
  set_oom_score(-999);
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) ready_fail_errno("subreaper", errno);
}
