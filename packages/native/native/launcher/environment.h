#ifndef HOLDFAST_ENVIRONMENT_H
#define HOLDFAST_ENVIRONMENT_H

#include <stdbool.h>

/* Whether `NAME=VALUE` goes to shimd. The rest stays here: it may be large, or secret. */
bool environment_wants(const char *variable);

#endif
