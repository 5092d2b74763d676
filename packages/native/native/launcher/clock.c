#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum { PATIENCE = 10000 };

int64_t clock_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_nap(int milliseconds) {
  struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
  while (nanosleep(&time, &time) < 0 && errno == EINTR) continue;
}

int64_t patience(void) {
  const char *text = getenv("HOLDFAST_TEST_LAUNCH_PATIENCE");
  char *end;
  if (text == NULL || *text == '\0') return PATIENCE;
  long milliseconds = strtol(text, &end, 10);
  return *end == '\0' && milliseconds > 0 && milliseconds <= 600000 ? milliseconds : PATIENCE;
}
