/* Leaves the starter's context behind. Each step's failure goes to the ready descriptor. */
#ifndef HOLDFAST_DAEMONIZE_H
#define HOLDFAST_DAEMONIZE_H

#include "options.h"

void daemonize(const struct options *options);

#endif
