/* What a launcher of version 2 has with the shim: docs/launcher.md. */
#ifndef HOLDFAST_STREAM_H
#define HOLDFAST_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "outlet.h"
#include "request.h"
#include "ring.h"
#include "self.h"
#include "standing.h"
#include "wire.h"

enum { WAITING_MAX = 32 };

/* A signal that the shim has not handled yet. */
struct waiting_signal {
  uint32_t number;
  int signal;
  bool sent; /* over this connection */
  int64_t since;
};

struct inlet {
  struct ring ring; /* from the first byte that the shim has not taken */
  uint64_t sent;    /* up to there, over this connection */
  bool wanted, ended, end_sent;
};

struct stream {
  const struct self *self;
  char **argv;
  struct request request;
  int socket;
  int signals;         /* the descriptor that they come from */
  bool accepted;       /* once: from then on nobody else may do it */
  bool accepted_here;  /* over this connection */
  bool full;           /* the connection takes nothing for now */
  bool ended, hurried; /* hurried: what is not printed yet is of no interest */
  int code;
  uint64_t passed_on; /* bits of the signals that the shim wants */
  struct waiting_signal waiting[WAITING_MAX];
  unsigned waiting_count;
  uint32_t signals_seen, signals_handled;
  struct outlet outlets[2];
  uint64_t told_printed[2];
  bool told_failed[2];
  struct inlet inlet;
  bool resized;
  char token[TOKEN_MAX + 1];
  uint32_t attempt, inherited;
  struct standing standing; /* of version 3 */
  bool tried;               /* to have a shim started */
  int losses;
  int64_t deadline; /* when the request must be accepted, or accepted again */
};

enum outcome_of_stream { STREAM_ENDED, STREAM_REFUSED, STREAM_LOST, STREAM_SILENT, STREAM_BROKEN };

/* Runs it all. Returns the exit code, or -1: nobody has begun it, and another program is to. */
int stream_run(const struct self *self, char **argv);

/* One connection, which has sent its request. */
enum outcome_of_stream stream_converse(struct stream *stream);
/* Says what there is to say, as much as the connection takes. */
void stream_say(struct stream *stream);
/* False: it makes no sense. `refused`: that is what it says. */
bool stream_take(struct stream *stream, const struct packet *packet, size_t length, bool *refused);
/* Looks at all signals that have come. May end this program. */
void stream_take_signals(struct stream *stream);
/* The shim is not heard of any more. True if it had accepted before. */
bool stream_withdraw(struct stream *stream);
/* A person has no patience left: ends with what is said. */
_Noreturn void stream_give_up(struct stream *stream, int signal, const char *why);

#endif
