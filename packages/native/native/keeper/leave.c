#include "leave.h"

#include <sys/wait.h>

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
