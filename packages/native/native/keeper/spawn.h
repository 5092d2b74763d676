/* SPAWN: forks, and answers when exec has succeeded or failed. */
#ifndef HOLDFAST_SPAWN_H
#define HOLDFAST_SPAWN_H

#include <sys/types.h>

#include "control.h"

void handle_spawn(struct request *request);
/* Answers the request of `pid` if its exec is known by now. Of a process that has exited it is. */
void spawn_settle(pid_t pid);

#endif
