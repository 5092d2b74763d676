/* When the keeper may go. */
#ifndef HOLDFAST_LEAVE_H
#define HOLDFAST_LEAVE_H

#include <stdbool.h>

/* Decides to leave once shimd has exited. False if a child other than shimd lives or an exit is not acknowledged. */
bool leave_on_quit(void);
/* The same for a TERM signal, which shimd gets too. */
void leave_on_term(void);
bool leaving(void);
/* Goes to the roots of its hierarchies and removes the cgroups it was put in, if they are empty then. */
void leave_cgroups(const char *const *procs_files, int count);

#endif
