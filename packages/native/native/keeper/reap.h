#ifndef HOLDFAST_REAP_H
#define HOLDFAST_REAP_H

#include <stdbool.h>

/* Reaps every zombie. If memory ran out one is left: reap_pending() is true, and it is to be called again. */
void reap_all(void);
bool reap_pending(void);

#endif
