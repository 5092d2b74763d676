#include "signals.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "events.h"
#include "leave.h"
#include "reap.h"
#include "shimd.h"

static int signal_fd = -1;

int signals_init(void) {
  sigset_t taken;
  sigemptyset(&taken);
  sigaddset(&taken, SIGCHLD);
  sigaddset(&taken, SIGTERM);
  sigaddset(&taken, SIGUSR1);
  if (sigprocmask(SIG_BLOCK, &taken, NULL) < 0) return -1;
  signal_fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  return signal_fd < 0 ? -1 : events_add(signal_fd, EPOLLIN, EVENT_SIGNAL, 0);
}

void signals_read(void) {
  struct signalfd_siginfo details;
  while (read(signal_fd, &details, sizeof details) == sizeof details) {
    if (details.ssi_signo == SIGTERM) leave_on_term();
    if (details.ssi_signo == SIGUSR1) shimd_hurry();
  }
  /* Signals merge, so one of them may stand for any number of exits. */
  reap_all();
}

void signals_reset(void) {
  sigset_t none;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}
