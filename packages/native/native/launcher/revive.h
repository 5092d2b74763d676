#ifndef HOLDFAST_REVIVE_H
#define HOLDFAST_REVIVE_H

/* Has the Node program start what serves, in the background, unless that is under way or was tried a moment ago. */
void revive(const char *program, char **argv);

#endif
