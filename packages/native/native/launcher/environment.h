#ifndef HOLDFAST_ENVIRONMENT_H
#define HOLDFAST_ENVIRONMENT_H

#include <stdbool.h>

/* Whether `NAME=VALUE` goes to shimd. The rest stays here: it may be large, or secret. */
bool environment_wants(const char *variable);
/* The same for a command that somebody typed. */
bool environment_wants_streamed(const char *variable);
/* All: what is run for the caller has its environment. */
bool environment_wants_standing(const char *variable);

#endif
