#ifndef HOLDFAST_SOCKET_H
#define HOLDFAST_SOCKET_H

/*
 * Connects to ROOT/l/KIND, or returns -1 with errno. EPERM: something on the way is a link, is not what it should be, or belongs or
 * is open to others.
 */
int socket_connect(const char *kind, const char *root);

#endif
