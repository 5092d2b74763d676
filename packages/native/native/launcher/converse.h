#ifndef HOLDFAST_CONVERSE_H
#define HOLDFAST_CONVERSE_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"

/* What has come of a request so far, over all connections. */
struct progress {
  uint64_t printed[3]; /* bytes, by descriptor */
  bool accepted;       /* once: from then on nobody else may do it */
  bool accepted_here;  /* over the last connection */
  int losses;
  int code;
};

enum outcome {
  ENDED,   /* with `code` */
  REFUSED_IT,
  LOST,    /* the connection: whoever serves next may know the request */
  SILENT,  /* nobody has accepted it by then */
  BROKEN,  /* what was said makes no sense */
  UNHEARD  /* our own stdout or stderr takes nothing; errno */
};

/* Whoever serves gets its header and its file. */
bool send_request(int socket, const struct request *request, uint16_t version);
/* Sends the request, and prints as told. `deadline`: when it must be accepted. */
enum outcome converse(int socket, const struct request *request, struct progress *progress, int64_t deadline);

#endif
