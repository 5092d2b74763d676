/* The listening sockets. The group's lock is the right to replace and to unlink them. */
#ifndef HOLDFAST_SOCKETS_H
#define HOLDFAST_SOCKETS_H

/* Binds `path`, replacing a stale socket (nothing else), mode 0600, and listens. Returns -1 with errno. */
int socket_listen(const char *path, int type);

/* Accepts a connection, which will not block. Returns -1 with errno; EINVAL if `listener` could block. */
int socket_accept(int listener);

#endif
