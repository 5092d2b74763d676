#define _GNU_SOURCE
#include "leave.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exits.h"
#include "log.h"
#include "procstat.h"
#include "reap.h"
#include "shimd.h"

static bool decided;

static bool has_zombie(void) {
  siginfo_t zombie = {0};
  return waitid(P_ALL, 0, &zombie, WEXITED | WNOWAIT | WNOHANG) == 0 && zombie.si_pid != 0;
}

/* A process whose parent dies while /proc is read can be missed, but then that parent's zombie is there, and its exit
   record after it. */
static bool is_busy(void) {
  reap_all();
  return exits_waiting() || has_child_except(shimd_pid()) || has_zombie();
}

bool leave_on_quit(void) {
  if (!is_busy()) decided = true;
  return decided;
}

void leave_on_term(void) {
  if (leave_on_quit()) shimd_terminate();
  else log_line("stays: TERM, but there are processes or exits left");
}

bool leaving(void) {
  return decided;
}

/* HIERARCHY/PARENT/GROUP/cgroup.procs: what the starter made is the last two directories. */
static void leave_cgroup(const char *procs_file) {
  char group[PATH_MAX], parent[PATH_MAX], root[PATH_MAX], target[PATH_MAX];
  if (strlen(procs_file) >= sizeof group) return;
  strcpy(group, procs_file);
  dirname(group);
  strcpy(parent, group);
  dirname(parent);
  strcpy(root, parent);
  dirname(root);
  if (snprintf(target, sizeof target, "%s/cgroup.procs", root) >= (int)sizeof target) return;
  int fd = open(target, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return;
  bool moved = write(fd, "0", 1) == 1;
  close(fd);
  if (!moved) return;
  rmdir(group);
  rmdir(parent);
}

void leave_cgroups(const char *const *procs_files, int count) {
  for (int i = 0; i < count; i++) leave_cgroup(procs_files[i]);
}
