#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* 0 to 2 are the keeper's own. */
static bool parse_fd(const char *text, int *fd) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || number < 3 || number > INT_MAX) return false;
  *fd = (int)number;
  return true;
}

static bool add_cgroup(struct options *options, const char *path) {
  if (options->cgroup_count == MAX_CGROUPS) return false;
  options->cgroups[options->cgroup_count++] = path;
  return true;
}

static bool take(struct options *options, const char *flag, const char *value) {
  if (strcmp(flag, "--group") == 0) return (options->group = value) != NULL;
  if (strcmp(flag, "--ready-fd") == 0) return parse_fd(value, &options->ready_fd);
  if (strcmp(flag, "--lock-fd") == 0) return parse_fd(value, &options->lock_fd);
  if (strcmp(flag, "--api-socket") == 0) return (options->api_socket = value) != NULL;
  if (strcmp(flag, "--launch-socket") == 0) return (options->launch_socket = value) != NULL;
  if (strcmp(flag, "--log") == 0) return (options->log = value) != NULL;
  if (strcmp(flag, "--state") == 0) return (options->state = value) != NULL;
  if (strcmp(flag, "--cgroup") == 0) return add_cgroup(options, value);
  return false;
}

static const char *missing(const struct options *options) {
  if (options->group == NULL) return "--group is missing";
  if (options->ready_fd < 0) return "--ready-fd is missing";
  if (options->lock_fd < 0) return "--lock-fd is missing";
  if (options->api_socket == NULL) return "--api-socket is missing";
  if (options->log == NULL) return "--log is missing";
  if (options->program == NULL || options->program[0] == NULL) return "the program is missing after --";
  return NULL;
}

bool parse_options(int argc, char **argv, struct options *options, const char **problem) {
  *options = (struct options){.ready_fd = -1, .lock_fd = -1};
  *problem = NULL;
  for (int i = 1; i < argc; i += 2) {
    if (strcmp(argv[i], "--") == 0) {
      options->program = &argv[i + 1];
      break;
    }
    bool has_value = i + 1 < argc && strcmp(argv[i + 1], "--") != 0;
    bool taken = has_value && take(options, argv[i], argv[i + 1]);
    /* The rest is still read: it may hold the descriptor to complain on. */
    if (!taken && *problem == NULL) *problem = argv[i];
    if (!has_value) i--;
  }
  if (*problem == NULL) *problem = missing(options);
  return *problem == NULL;
}
