#ifndef HOLDFAST_CLOCK_H
#define HOLDFAST_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_now(void);
void clock_nap(int milliseconds);
/* How long somebody is waited for: 10 s, or HOLDFAST_TEST_LAUNCH_PATIENCE. */
int64_t patience(void);

#endif
