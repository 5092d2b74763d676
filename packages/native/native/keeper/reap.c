#include "reap.h"

#include <stdint.h>
#include <sys/wait.h>

#include "children.h"
#include "exits.h"
#include "procstat.h"
#include "shimd.h"
#include "spawn.h"

static bool pending;

static void reap_shimd(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  shimd_exited(status);
}

/* The record is made while the process is still a zombie: /proc still knows it, and without memory nothing is lost. */
static bool reap_one(pid_t pid) {
  spawn_settle(pid); /* SPAWNED before EXITED */
  struct child *child = child_find(pid);
  if (child != NULL && child->forgotten) {
    waitpid(pid, NULL, 0);
    child_remove(child);
    return true;
  }
  struct exit_record *record = exit_new(child != NULL ? child->tag : "");
  if (record == NULL) return false;
  record->pid = pid;
  record->start_time = child != NULL ? child->start_time : start_time_of(pid);
  waitpid(pid, &record->status, 0);
  exit_add(record);
  if (child != NULL) child_remove(child);
  return true;
}

void reap_all(void) {
  pending = false;
  for (;;) {
    siginfo_t zombie = {0};
    if (waitid(P_ALL, 0, &zombie, WEXITED | WNOWAIT | WNOHANG) < 0 || zombie.si_pid == 0) return;
    if (zombie.si_pid == shimd_pid()) {
      reap_shimd(zombie.si_pid);
    } else if (!reap_one(zombie.si_pid)) {
      pending = true;
      return;
    }
  }
}

bool reap_pending(void) {
  return pending;
}
