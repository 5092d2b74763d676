#define _GNU_SOURCE
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "terminal.h"

static const int TAKEN_SIGNALS[] = {SIGINT,  SIGTERM,  SIGHUP,  SIGQUIT, SIGUSR1,
                                    SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT};
/* What else ends a program. */
static const int FATAL[] = {SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGPWR, SIGIO, SIGSTKFLT,
                            SIGSEGV, SIGBUS,    SIGILL,  SIGFPE,  SIGABRT, SIGSYS, SIGTRAP};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static sigset_t inherited;

int signals_take(void) {
  sigset_t taken;
  sigemptyset(&taken);
  for (size_t i = 0; i < COUNT(TAKEN_SIGNALS); i++) sigaddset(&taken, TAKEN_SIGNALS[i]);
  int fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return -1;
  sigprocmask(SIG_BLOCK, &taken, &inherited);
  signal(SIGPIPE, SIG_IGN);
  return fd;
}

void signals_give_back(void) {
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &inherited, NULL);
}

int signals_next(int fd) {
  struct signalfd_siginfo info;
  ssize_t length;
  do length = read(fd, &info, sizeof info);
  while (length < 0 && errno == EINTR);
  return length == sizeof info ? (int)info.ssi_signo : 0;
}

void signals_default(int number) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  signal(number, SIG_DFL);
  raise(number);
  /* It is delivered here. */
  sigprocmask(SIG_UNBLOCK, &one, NULL);
  sigprocmask(SIG_BLOCK, &one, NULL);
}

_Noreturn void signals_die(int number) {
  terminal_restore();
  signals_default(number);
  /* The first process of a pid namespace. */
  _exit(128 + number);
}

static void put_back(int number) {
  terminal_restore();
  raise(number);
}

void signals_guard_terminal(void) {
  struct sigaction action = {.sa_handler = put_back, .sa_flags = SA_RESETHAND | SA_NODEFER};
  struct sigaction now;
  for (size_t i = 0; i < COUNT(FATAL); i++)
    if (sigaction(FATAL[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL) sigaction(FATAL[i], &action, NULL);
}

bool signals_impatient(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}
