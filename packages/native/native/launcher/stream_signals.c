#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "say.h"
#include "signals.h"
#include "stream.h"
#include "terminal.h"

/* A signal takes a runtime command, some 50 ms. */
enum { PATIENCE_FOR_SIGNALS = 1000 };

_Noreturn void stream_give_up(struct stream *stream, int signal, const char *why) {
  (void)stream;
  terminal_restore();
  say("%s", why);
  _exit(128 + signal);
}

/* The one before has not reached the process yet, and may never: the shim does not answer. */
static bool is_late(const struct stream *stream) {
  return stream->waiting_count > 0 && clock_now() - stream->waiting[0].since > PATIENCE_FOR_SIGNALS;
}

static void pass_on(struct stream *stream, int signal) {
  /* One that stands for a process for days is no command that somebody waits for. */
  if (signals_impatient(signal) && stream->self->version < STANDING_VERSION) {
    if (stream->ended)
      stream_give_up(stream, signal, "interrupted after the end of the process, with output still to be written");
    if (is_late(stream))
      stream_give_up(stream, signal, "interrupted while the shim did not answer; what was started goes on");
  }
  /* As the kernel does: who has not heard of one yet gets no second. */
  for (unsigned i = 0; i < stream->waiting_count; i++)
    if (stream->waiting[i].signal == signal && !stream->waiting[i].sent) return;
  if (stream->waiting_count == WAITING_MAX) return;
  stream->waiting[stream->waiting_count++] =
      (struct waiting_signal){.number = ++stream->signals_seen, .signal = signal, .since = clock_now()};
}

static void stop(struct stream *stream) {
  terminal_restore();
  signals_default(SIGTSTP);
  terminal_resume();
  stream->resized = true;
}

static void take_signal(struct stream *stream, int signal) {
  switch (signal) {
  case SIGTSTP: return stop(stream);
  case SIGCONT: terminal_resume(); /* fall through */
  case SIGWINCH: stream->resized = true; return;
  }
  /* Whoever serves may be about to accept: then it is for the shim to say. */
  if (!stream->accepted && !stream_withdraw(stream)) signals_die(signal);
  if ((stream->passed_on >> signal & 1) == 0) signals_die(signal);
  pass_on(stream, signal);
}

void stream_take_signals(struct stream *stream) {
  for (int signal; (signal = signals_next(stream->signals)) != 0;) take_signal(stream, signal);
}
