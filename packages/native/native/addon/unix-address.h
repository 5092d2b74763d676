/* Addresses of Unix sockets. */
#ifndef HOLDFAST_UNIX_ADDRESS_H
#define HOLDFAST_UNIX_ADDRESS_H

#include <sys/socket.h>
#include <sys/un.h>

#include "addon.h"

/* The path `value` as an address. Returns false with an exception pending; the kernel would cut a long path silently. */
bool get_unix_address(napi_env env, napi_value value, const char *syscall, struct sockaddr_un *address);

#endif
