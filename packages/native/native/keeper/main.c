/* The keeper: docs/keeper-protocol.md. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "crashes.h"
#include "daemonize.h"
#include "events.h"
#include "leave.h"
#include "options.h"
#include "ready.h"
#include "reap.h"
#include "relays.h"
#include "shimd.h"
#include "signals.h"
#include "sockets.h"

enum { RETRY = 100 };

static void serve(const struct options *options) {
  if (events_init() < 0) ready_fail_errno("epoll", errno);
  if (signals_init() < 0) ready_fail_errno("signalfd", errno);
  int api = socket_listen(options->api_socket, SOCK_STREAM), launch = -1;
  if (api < 0) ready_fail_errno("api-socket", errno);
  if (options->launch_socket != NULL) {
    launch = socket_listen(options->launch_socket, SOCK_SEQPACKET);
    if (launch < 0) ready_fail_errno("launch-socket", errno);
  }
  if (events_add(api, EPOLLIN | EPOLLET, EVENT_CALLER, 0) < 0) ready_fail_errno("epoll", errno);
  if (launch >= 0 && events_add(launch, EPOLLIN | EPOLLET, EVENT_CALLER, 0) < 0) ready_fail_errno("epoll", errno);
  shimd_init(options, api, launch);
}

static void run(void) {
  for (;;) {
    if (reap_pending()) reap_all();
    control_check();
    int64_t timeout = shimd_tick(!leaving());
    if (leaving() && shimd_pid() == 0) return;
    bool retry = relays_retry() || reap_pending();
    if (retry && (timeout < 0 || timeout > RETRY)) timeout = RETRY;
    events_run((int)timeout);
  }
}

static void unlink_sockets(const struct options *options) {
  unlink(options->api_socket);
  if (options->launch_socket != NULL) unlink(options->launch_socket);
}

int main(int argc, char **argv) {
  struct options options;
  const char *problem;
  bool valid = parse_options(argc, argv, &options, &problem);
  ready_init(options.ready_fd);
  if (!valid) ready_fail("options", problem);
  daemonize(&options);
  serve(&options);
  ready_ok();
  run();
  relays_leave();
  unlink_sockets(&options);
  crashes_clear();
  leave_cgroups(options.cgroups, options.cgroup_count);
  return 0;
}
