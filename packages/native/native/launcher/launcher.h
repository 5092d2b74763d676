/* The launcher: docs/launcher.md. Hands a command line over to the shimd that serves, or runs the Node program that starts one. */
#ifndef HOLDFAST_LAUNCHER_H
#define HOLDFAST_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAUNCH_VERSION = 1, LAUNCH_MAGIC = 0x4e4c4648, HEADER_BYTES = 12 };
enum { PACKET_ACCEPTED = 1, PACKET_OUT = 2, PACKET_EXIT = 3, PACKET_REFUSED = 4 };
enum { INPUT_MAX = 1 << 20, TEXT_MAX = 256 << 10, ID_BYTES = 16 };
enum { EXIT_FAILED = 1, EXIT_NO_PROGRAM = 127 };

/* What is on stdin, if it was read. */
struct input {
  uint8_t *bytes;
  size_t length;
  bool was_read;
};

/* socket.c: a connected socket, or -1 with errno and `why` if nobody can be reached there. */
int launch_connect(const char *root, const char *kind, const char **why);

/* payload.c: a sealed file with the whole request; -1 with errno. */
int make_payload(const char *kind, char **argv, const struct input *input, uint32_t *length);

/* session.c */
enum outcome { OUTCOME_EXIT, OUTCOME_FALL_BACK };
struct session {
  const char *root, *kind;
  char **argv;
  struct input *input;
  int code; /* of OUTCOME_EXIT */
};
enum outcome run_session(struct session *session);

/* input.c: reads stdin to its end if this command line wants it. False with errno. */
bool read_input(const char *kind, char **argv, struct input *input);
bool write_all(int fd, const uint8_t *bytes, size_t length);

/* fallback.c */
_Noreturn void fall_back(const char *kind, char **argv, const struct input *input);

/* main.c: `errno` is told if it is not 0. */
void complain(const char *kind, const char *what, const char *which, int error);

#endif
