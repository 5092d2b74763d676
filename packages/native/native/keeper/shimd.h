/* The life of shimd. */
#ifndef HOLDFAST_SHIMD_H
#define HOLDFAST_SHIMD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "options.h"

/* Starts it for the first time; a failure goes to the ready descriptor. */
void shimd_init(const struct options *options, int api, int launch);
/* 0 while it does not run. */
pid_t shimd_pid(void);
/* How often it was started before this time. */
uint32_t shimd_restarts(void);
/* It was reaped. */
void shimd_exited(int status);
/* Another was offered: it gets some time to exit by itself. */
void shimd_replaced(void);
/* It says that it serves. */
void shimd_serving(void);
/* The delay before the next start is over. */
void shimd_hurry(void);
/* Somebody has come to one of its sockets: is it alive? */
void shimd_wanted(void);
/* It lives, but its control connection is gone: it gets some time to exit by itself. */
void shimd_disconnected(void);
/* Asks it to exit, and kills it if it does not. */
void shimd_terminate(void);
/* Does what is due. Returns the time until the next thing is, in ms, or -1. */
int64_t shimd_tick(bool restart);

#endif
