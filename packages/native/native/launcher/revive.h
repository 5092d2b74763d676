#ifndef HOLDFAST_REVIVE_H
#define HOLDFAST_REVIVE_H

#include <stdbool.h>

/* Has the Node program start what serves, in the background, unless that is under way or was tried a moment ago. */
void revive(const char *program, char **argv);

/* Has it start what serves, and waits until that is done. False: it could not, or what `argv` asks for needs nobody to serve. */
bool revive_now(const char *program, char **argv);

#endif
