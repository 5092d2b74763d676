#ifndef HOLDFAST_ROOT_H
#define HOLDFAST_ROOT_H

/* Where the sockets of launchers lie. `argv` NULL: it says nothing about it. */
const char *root_of(char *const *argv);

#endif
